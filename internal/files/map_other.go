//go:build !unix

package files

import (
	"io"
	"os"
)

// mapBytes reads the first size bytes of a file.
func mapBytes(f *os.File, size int) ([]byte, error) {
	data := make([]byte, size)
	_, err := io.ReadFull(f, data)
	return data, err
}

// unmapBytes does nothing: mapBytes made a copy.
func unmapBytes([]byte) error { return nil }
