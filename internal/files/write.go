package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Masked returns mode without the permissions that the user's umask removes.
func Masked(mode os.FileMode) os.FileMode { return mode &^ umask }

// Write replaces the contents of the file at path, durably and atomically. The user's umask
// applies to mode.
func Write(path string, data []byte, mode os.FileMode) error {
	return write(path, data, mode, os.Rename)
}

// Create writes a file at a path that does not exist, durably and atomically. Of concurrent
// calls, one succeeds; the errors of the others wrap fs.ErrExist.
func Create(path string, data []byte, mode os.FileMode) error {
	return write(path, data, mode, link)
}

// link renames a temporary file, and fails if the new name exists. On a file system without
// hard links it replaces an existing file.
func link(temp, path string) error {
	err := os.Link(temp, path)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, errors.ErrUnsupported) {
		return os.Rename(temp, path)
	}
	return err
}

// write writes a temporary file and calls place to rename it.
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

// Temp creates a temporary file for Place, in the folder of path. Its name begins with a
// dot and ends with ".tmp".
func Temp(path string) (*os.File, error) {
	return os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
}

// Place sets the mode of a file from Temp, makes the file durable, closes it and renames it
// to path. The user's umask applies to mode. After an error the file keeps its temporary
// name.
func Place(f *os.File, path string, mode os.FileMode) error {
	return publish(f, path, mode, os.Rename)
}

// publish sets the mode, makes the file durable, closes it and calls place.
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

// Rename renames a file or folder durably. Its contents must be durable already.
func Rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	SyncDir(filepath.Dir(to))
	return nil
}

// SyncDir makes the names in a folder durable. It ignores errors: a system that cannot sync
// a folder has no other method.
func SyncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
