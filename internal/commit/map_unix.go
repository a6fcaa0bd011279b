//go:build unix

package commit

import (
	"io"
	"math"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// mapping is a read-only mapping of a file.
type mapping struct {
	once sync.Once
	data []byte
	err  error
}

func (m *mapping) Close() error {
	m.once.Do(func() { m.err = unix.Munmap(m.data) })
	return m.err
}

// mapFile maps a file: pages are read when they are touched, and shared with all
// other processes that use the key.
func mapFile(path string) ([]byte, io.Closer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() || info.Size() < headerSize || info.Size() > math.MaxInt {
		return nil, nil, badSize(path, info.Size())
	}
	data, err := unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, &os.PathError{Op: "mmap", Path: path, Err: err}
	}
	return data, &mapping{data: data}, nil
}
