//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package checkpoint

import (
	"fmt"
	"io"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// lockFile excludes all other processes, readers too: the portable lock cannot be shared.
func lockFile(path string, _ bool) (io.Closer, error) {
	held, err := vfs.Default.Lock(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrLocked, path, err)
	}
	return held, nil
}

// writerOf returns 0, which means unknown.
func writerOf(string) int { return 0 }
