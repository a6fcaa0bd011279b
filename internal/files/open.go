package files

import (
	"errors"
	"fmt"
	"io"
	"os"

	"fold.example/fold/internal/fault"
)

var (
	// ErrNotRegular reports a folder, a pipe, a device or a socket.
	ErrNotRegular = fault.New(fault.ErrFormat, "not a regular file")
	// ErrTooLarge reports a file longer than the limit of its kind.
	ErrTooLarge = fault.New(fault.ErrFormat, "file too large")
	// ErrChanged reports a file that was truncated or overwritten while in use.
	ErrChanged = fault.New(fault.ErrCorrupt, "file changed while it was in use")
)

// Open opens a regular file for reading. It follows symbolic links. It never waits, not
// even for a pipe without a writer. For anything other than a regular file the error wraps
// ErrNotRegular.
func Open(path string) (*os.File, error) { return OpenAs(path, os.O_RDONLY, 0) }

// OpenAs is Open with the flags and the mode of os.OpenFile.
func OpenAs(path string, flags int, mode os.FileMode) (*os.File, error) {
	f, err := os.OpenFile(path, flags|nonblock, mode)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		err = Regular(path, info)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Regular returns an error that wraps ErrNotRegular unless info describes a regular file.
// The error names the path and its kind.
func Regular(path string, info os.FileInfo) error {
	if info.Mode().IsRegular() {
		return nil
	}
	return fmt.Errorf("%s is %s: %w", path, KindOf(info.Mode()), ErrNotRegular)
}

// KindOf returns the name of a file type for messages, such as "a pipe".
func KindOf(m os.FileMode) string {
	switch {
	case m.IsRegular():
		return "a regular file"
	case m.IsDir():
		return "a folder"
	case m&os.ModeNamedPipe != 0:
		return "a pipe"
	case m&os.ModeSocket != 0:
		return "a socket"
	case m&os.ModeDevice != 0:
		return "a device"
	}
	return "of a special kind"
}

// Read returns the contents of a regular file of at most limit bytes. For a longer file it
// reads nothing and returns an error that wraps ErrTooLarge.
func Read(path string, limit int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadFrom(f, path, limit)
}

// ReadFrom returns the contents of an open file of at most limit bytes. The error wraps
// ErrTooLarge for a longer file, and names the file by path.
func ReadFrom(f *os.File, path string, limit int64) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, tooLarge(path, info.Size(), limit)
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit { // the file has grown since Stat
		err = tooLarge(path, int64(len(data)), limit)
	}
	return data, err
}

func tooLarge(path string, size, limit int64) error {
	return fmt.Errorf("%s has %d bytes, expected at most %d: %w", path, size, limit, ErrTooLarge)
}

// Head returns the first n bytes of a regular file, or all bytes of a shorter file.
func Head(path string, n int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, n))
}
