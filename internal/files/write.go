package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Masked is a mode without the permissions that the user gives to no file (umask).
func Masked(mode os.FileMode) os.FileMode { return mode &^ umask }

// Write gives the file at path new contents, durably and all at once. The user's umask
// applies to mode.
func Write(path string, data []byte, mode os.FileMode) error {
	return write(path, data, mode, os.Rename)
}

// Create is Write for a path that does not exist yet. Of several calls at the same
// time one succeeds; the error of the others wraps fs.ErrExist.
func Create(path string, data []byte, mode os.FileMode) error {
	return write(path, data, mode, link)
}

// link names a file that is nowhere yet. A file system without links renames instead.
func link(temp, path string) error {
	err := os.Link(temp, path)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, errors.ErrUnsupported) {
		return os.Rename(temp, path)
	}
	return err
}

func write(path string, data []byte, mode os.FileMode, place func(temp, path string) error) error {
	f, err := Temp(path)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(data); err != nil {
		return errors.Join(err, f.Close())
	}
	return publish(f, path, mode, place)
}

// Temp makes a temporary file beside path, for Place. Its name begins with a dot and
// ends with ".tmp".
func Temp(path string) (*os.File, error) {
	return os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
}

// Place makes a file of Temp durable, closes it and gives it its name and mode, to which the
// user's umask applies. When it fails the file keeps its temporary name.
func Place(f *os.File, path string, mode os.FileMode) error {
	return publish(f, path, mode, os.Rename)
}

func publish(f *os.File, path string, mode os.FileMode, place func(temp, path string) error) error {
	if err := errors.Join(f.Chmod(Masked(mode)), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := place(f.Name(), path); err != nil {
		return err
	}
	SyncDir(filepath.Dir(path))
	return nil
}

// Rename gives a file or folder, whose contents are durable, another name, durably.
func Rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	SyncDir(filepath.Dir(to))
	return nil
}

// SyncDir makes the names in a folder durable on systems that can. Others refuse to
// sync a folder, and there is nothing else to do.
func SyncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
