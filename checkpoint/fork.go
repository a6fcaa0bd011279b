package checkpoint

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// Fork copies the store src to a new folder dst, which may continue differently. The copy has
// a new id, src's id as its parent, and the given details instead of src's; nil keeps src's.
// The details of a fork should have a new seed. Fork opens src for reading, with all checks,
// and does not change it. Tables are immutable, so the copy shares them by hard links where
// the file system has them. Errors are those of [OpenReadOnly] and [Create].
func Fork(src, dst string, details json.RawMessage) error {
	return fork(onDisk(src), onDisk(dst), details)
}

func fork(src, dst folder, details json.RawMessage) error {
	from, err := open(src, true)
	if err != nil {
		return err
	}
	err = from.forkTo(dst, details)
	return errors.Join(err, from.Close())
}

// forkTo copies the store to a new folder.
func (s *Store) forkTo(dst folder, details json.RawMessage) error {
	meta, err := s.meta.named()
	if err != nil {
		return err
	}
	meta.Parent = s.meta.ID
	if details != nil {
		meta.Details = details
	}
	first := s.head
	first.id = meta.ID
	first.generation++
	copied, err := dst.build(meta, first, func() error { return copyEngine(s.folder, dst) })
	if err != nil {
		return err
	}
	return copied.Close()
}

// copyEngine copies steps/. The lock of src excludes writers meanwhile.
func copyEngine(src, dst folder) error {
	names, err := src.List(src.path(engineName))
	if err != nil {
		return err
	}
	if err := dst.room(src.size()); err != nil {
		return err
	}
	for _, name := range names {
		place := vfs.Copy
		if strings.HasSuffix(name, ".sst") {
			place = vfs.LinkOrCopy
		}
		to := dst.path(engineName, name)
		if err := place(src.FS, src.path(engineName, name), to); err != nil {
			return writeError("copying to "+to, err)
		}
		if err := dst.sync(to); err != nil {
			return err
		}
	}
	return dst.syncDir(dst.path(engineName))
}

// sync makes a file durable.
func (f folder) sync(name string) error {
	file, err := f.OpenReadWrite(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	return writeError("syncing "+name, errors.Join(file.Sync(), file.Close()))
}
