package checkpoint

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// Create makes an empty store in a folder that does not exist, is empty, or holds a
// store whose creation was interrupted. It sets the folder's mode to 0700. The caller sets
// Kind, Parameters and Details of meta. Errors wrap [ErrExists], [ErrLocked] or
// [ErrNoSpace].
func Create(dir string, meta Meta) (*Store, error) { return create(onDisk(dir), meta) }

func create(f folder, meta Meta) (*Store, error) {
	meta, err := meta.named()
	if err != nil {
		return nil, err
	}
	first := head{id: meta.ID, generation: 1, link: meta.genesis(), updated: meta.Created}
	return f.build(meta, first, func() error { return nil })
}

// build creates a store's files. It creates fold.json last, by renaming, so that a store is
// complete as soon as it has a fold.json. fill may add files to steps/ first.
func (f folder) build(meta Meta, first head, fill func() error) (*Store, error) {
	text, err := meta.encode()
	if err != nil {
		return nil, err
	}
	if err := f.vacant(); err != nil {
		return nil, err
	}
	if err := f.MkdirAll(f.dir, 0o700); err != nil {
		return nil, writeError("making "+f.dir, err)
	}
	if err := f.keepPrivate(); err != nil {
		return nil, err
	}
	lock, err := f.lock(f.path(lockName), true)
	if err != nil {
		return nil, err
	}
	s := &Store{folder: f, meta: meta, head: first, lock: lock}
	if err := s.make(text, fill); err != nil {
		return nil, errors.Join(err, s.release(), lock.Close())
	}
	return s, nil
}

// keepPrivate sets the mode of a folder that existed before to 0700: a store holds the
// values that its proofs hide.
func (f folder) keepPrivate() error {
	if f.FS != vfs.Default {
		return nil
	}
	if info, err := f.Stat(f.dir); err == nil && info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	return writeError("keeping other users out of "+f.dir, os.Chmod(f.dir, 0o700))
}

// make creates the files. It runs under the lock.
func (s *Store) make(text []byte, fill func() error) error {
	f := s.folder
	// Check again: another process may have made a store before this one had the lock.
	if err := f.vacant(); err != nil {
		return err
	}
	if err := f.room(0); err != nil {
		return err
	}
	if err := f.create(metaTemp, text); err != nil {
		return err
	}
	if err := f.RemoveAll(f.path(engineName)); err != nil {
		return err
	}
	if err := f.MkdirAll(f.path(engineName), 0o700); err != nil {
		return writeError("making "+f.path(engineName), err)
	}
	if err := fill(); err != nil {
		return err
	}
	if err := s.start(); err != nil {
		return err
	}
	if err := f.Rename(f.path(metaTemp), f.path(MetaName)); err != nil {
		return writeError("naming "+f.path(MetaName), err)
	}
	return errors.Join(f.syncDir(f.dir), f.syncDir(f.PathDir(f.PathJoin(f.dir))))
}

// start opens the engine and writes the store's first head.
func (s *Store) start() error {
	var err error
	if s.engine, err = openEngine(s.folder, false); err != nil {
		return err
	}
	b := s.engine.db.NewBatch()
	if err := b.Set([]byte{byte(headKey)}, s.head.encode(), nil); err != nil {
		return err
	}
	if err := s.engine.commit("writing the first head", b); err != nil {
		return err
	}
	if err := s.folder.createHead(s.head); err != nil {
		return err
	}
	s.slots, err = s.folder.OpenReadWrite(s.folder.path(headName), vfs.WriteCategoryUnspecified)
	return err
}

// vacant returns an error that wraps ErrExists unless a store may be made in the folder. A
// folder with fold.json.tmp may hold the files of an interrupted creation: that file is the
// first to be written and the last to be renamed.
func (f folder) vacant() error {
	names, err := f.List(f.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if f.exists(MetaName) {
		return fmt.Errorf("%w: %s holds a store", ErrExists, f.dir)
	}
	begun := f.exists(metaTemp)
	for _, name := range names {
		switch name {
		case lockName, metaTemp:
		case headName, engineName:
			if !begun {
				return fmt.Errorf("%w: %s holds %s without %s: left as it is", ErrExists, f.dir, name, MetaName)
			}
		default:
			return fmt.Errorf("%w: %s holds %s and is no store: left as it is", ErrExists, f.dir, name)
		}
	}
	return nil
}
