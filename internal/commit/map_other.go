//go:build !unix

package commit

import (
	"io"
	"os"
)

type nothing struct{}

func (nothing) Close() error { return nil }

// mapFile reads the file where there is no mapping.
func mapFile(path string) ([]byte, io.Closer, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() || info.Size() < headerSize || info.Size() > fileSize(maxPoints) {
		return nil, nil, badSize(path, info.Size())
	}
	data, err := os.ReadFile(path)
	return data, nothing{}, err
}
