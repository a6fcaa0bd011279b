//go:build unix

package commit

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOnlyRegularFiles: a pipe does not stop the program, a folder is no key.
func TestOnlyRegularFiles(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	for _, path := range []string{pipe, dir} {
		_, err := Open(t.Context(), path, 0, nil)
		require.ErrorIs(t, err, ErrFormat)
		_, err = Inspect(path)
		require.ErrorIs(t, err, ErrFormat)
		require.ErrorIs(t, ImportPtau(t.Context(), path, "x", filepath.Join(dir, "out"), 2, nil), ErrFormat)
	}
}
