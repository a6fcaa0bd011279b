//go:build unix

package files

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// Open rejects a pipe without a writer; os.Open would wait for a writer.
func TestPipesAreNotWaitedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, unix.Mkfifo(path, 0o600))
	for _, open := range []func() error{
		func() error { _, err := Open(path); return err },
		func() error { _, err := Read(path, 10); return err },
		func() error { _, err := Head(path, 10); return err },
		func() error { _, err := Map(path); return err },
	} {
		err := open()
		require.ErrorIs(t, err, ErrNotRegular)
		require.ErrorContains(t, err, path+" is a pipe")
	}
}
