package checkpoint

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/cockroachdb/pebble/v2/vfs"

	"fold.example/fold/internal/files"
)

// The names of all files in a store's folder.
const (
	// MetaName is the file that makes a folder a store.
	MetaName     = "fold.json"
	metaTemp     = "fold.json.tmp"
	headName     = "HEAD"
	sealName     = "SEAL"
	sealTemp     = "SEAL.tmp"
	lockName     = "LOCK"
	engineName   = "steps"
	snapshotTemp = "snapshot.tmp"
	proofTemp    = "proof.tmp"
)

// Reserve is the number of bytes that must remain free on the disk, for the log of a
// memtable, its flush and a compaction of the newest levels. With them the engine completes
// its own work.
const Reserve = 24 << 20

// Digest is a SHA-256.
type Digest [32]byte

// String returns the digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// folder is a store's folder. Tests replace its file system and its lock.
type folder struct {
	vfs.FS
	dir  string
	lock func(path string, writer bool) (io.Closer, error)
}

// onDisk returns a folder of the operating system's file system.
func onDisk(dir string) folder { return folder{vfs.Default, dir, lockFile} }

// path returns the path of a file in the folder.
func (f folder) path(name ...string) string {
	return f.PathJoin(append([]string{f.dir}, name...)...)
}

// exists reports whether the folder has a file of a name.
func (f folder) exists(name string) bool {
	_, err := f.Stat(f.path(name))
	return err == nil
}

// regular returns an error that wraps ErrCorrupt unless path is a regular file. It runs
// before a file is opened, because opening a pipe waits.
func (f folder) regular(path string) error {
	info, err := f.Stat(path)
	if err != nil {
		return err
	}
	if err := files.Regular(path, info); err != nil {
		return corrupt("%w", err)
	}
	return nil
}

// regularEngine returns an error that wraps ErrCorrupt unless all files of the engine are
// regular.
func (f folder) regularEngine() error {
	names, err := f.List(f.path(engineName))
	if err != nil {
		return engineError("listing "+f.path(engineName), err)
	}
	for _, name := range names {
		if err := f.regular(f.path(engineName, name)); err != nil {
			return err
		}
	}
	return nil
}

// read returns the contents of a file. The error wraps ErrCorrupt if the file has more than
// limit bytes.
func (f folder) read(name string, limit int64) ([]byte, error) {
	if err := f.regular(f.path(name)); err != nil {
		return nil, err
	}
	file, err := f.Open(f.path(name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = corrupt("%s has more than %d bytes", f.path(name), limit)
	}
	return data, err
}

// replace replaces the contents of a file, durably and atomically: it writes a temporary
// file, syncs it, renames it and syncs the folder.
func (f folder) replace(name, temp string, data []byte) error {
	if err := f.create(temp, data); err != nil {
		return err
	}
	if err := f.Rename(f.path(temp), f.path(name)); err != nil {
		return writeError("naming "+f.path(name), err)
	}
	return f.syncDir(f.dir)
}

// create writes a new file and syncs it.
func (f folder) create(name string, data []byte) error {
	file, err := f.Create(f.path(name), vfs.WriteCategoryUnspecified)
	if err != nil {
		return writeError("writing "+f.path(name), err)
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	return writeError("writing "+f.path(name), errors.Join(err, file.Close()))
}

// syncDir makes the names in a folder durable.
func (f folder) syncDir(dir string) error {
	d, err := f.OpenDir(dir)
	if err != nil {
		return err
	}
	return writeError("syncing "+dir, errors.Join(d.Sync(), d.Close()))
}

// remove deletes a file durably. It does nothing if the file does not exist.
func (f folder) remove(name string) error {
	err := f.Remove(f.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.syncDir(f.dir)
}

// room returns an error that wraps ErrNoSpace unless the disk has bytes and Reserve free.
// It runs before a change begins.
func (f folder) room(bytes int64) error {
	usage, err := f.GetDiskUsage(f.dir)
	if err != nil {
		return nil // The free space is unknown; the write itself may fail.
	}
	if need := uint64(bytes) + Reserve; usage.AvailBytes < need {
		return fmt.Errorf("%w: %s needs %d MiB free, has %d MiB",
			ErrNoSpace, f.dir, need>>20+1, usage.AvailBytes>>20)
	}
	return nil
}

// size returns the number of bytes of all files in the folder, which may change meanwhile.
// The engine ingests a table by a hard link, so that the table has two names for a moment:
// files of equal length and time count once.
func (f folder) size() int64 {
	type table struct{ size, time int64 }
	seen := map[table]bool{}
	var total int64
	for _, sub := range []string{".", engineName, snapshotTemp} {
		names, err := f.List(f.path(sub))
		if err != nil {
			continue
		}
		for _, name := range names {
			info, err := f.Stat(f.path(sub, name))
			if err != nil || info.IsDir() {
				continue
			}
			t := table{info.Size(), info.ModTime().UnixNano()}
			if !seen[t] {
				total += t.size
			}
			seen[t] = true
		}
	}
	return total
}
