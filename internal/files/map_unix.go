//go:build unix

package files

import (
	"os"

	"golang.org/x/sys/unix"
)

// mapBytes maps the first size bytes of a file.
func mapBytes(f *os.File, size int) ([]byte, error) {
	data, err := unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, &os.PathError{Op: "mmap", Path: f.Name(), Err: err}
	}
	return data, nil
}

// unmapBytes is the inverse of mapBytes.
func unmapBytes(data []byte) error { return unix.Munmap(data) }
