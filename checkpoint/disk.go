package checkpoint

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/cockroachdb/pebble/v2/vfs"

	"fold/internal/files"
)

// What a store's folder holds, and nothing else.
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

// Reserve is the space that must remain free on the disk: a memtable's log, its
// flush and a compaction of the newest levels, so that the engine does not run dry
// in the middle of its own work.
const Reserve = 24 << 20

// Digest is a SHA-256.
type Digest [32]byte

// String returns it in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// folder is a store's folder on a file system, which tests replace.
type folder struct {
	vfs.FS
	dir  string
	lock func(path string, writer bool) (io.Closer, error)
}

func onDisk(dir string) folder { return folder{vfs.Default, dir, lockFile} }

func (f folder) path(name ...string) string {
	return f.PathJoin(append([]string{f.dir}, name...)...)
}

func (f folder) exists(name string) bool {
	_, err := f.Stat(f.path(name))
	return err == nil
}

// regular refuses what is no regular file, before it is opened: opening a pipe waits.
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

// regularEngine refuses an engine's folder that holds anything but regular files.
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

// read returns a whole file, refused if it is larger than limit bytes.
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

// replace gives a file new contents, durably and all at once: under a temporary
// name, synced, renamed, and the folder synced for the name.
func (f folder) replace(name, temp string, data []byte) error {
	if err := f.create(temp, data); err != nil {
		return err
	}
	if err := f.Rename(f.path(temp), f.path(name)); err != nil {
		return writeError("naming "+f.path(name), err)
	}
	return f.syncDir(f.dir)
}

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

func (f folder) syncDir(dir string) error {
	d, err := f.OpenDir(dir)
	if err != nil {
		return err
	}
	return writeError("syncing "+dir, errors.Join(d.Sync(), d.Close()))
}

// remove removes a file durably; that it is not there is fine.
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

// room refuses work for which the disk has no space, before anything is touched.
func (f folder) room(bytes int64) error {
	usage, err := f.GetDiskUsage(f.dir)
	if err != nil {
		return nil // Not known here: the write itself will tell.
	}
	if need := uint64(bytes) + Reserve; usage.AvailBytes < need {
		return fmt.Errorf("%w: %s needs %d MiB free, has %d MiB",
			ErrNoSpace, f.dir, need>>20+1, usage.AvailBytes>>20)
	}
	return nil
}

// size returns the bytes of all files in the folder, of one that may change meanwhile. The
// engine takes a table over by a link, so that for a moment it has two names: files of
// one length and time are one.
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
