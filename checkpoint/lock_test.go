//go:build unix

package checkpoint

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// closedStore returns the folder of a closed store with a number of steps.
func closedStore(t *testing.T, steps uint64) string {
	t.Helper()
	s, dir := newStore(t)
	fill(t, s, steps, lockedSize)
	require.NoError(t, s.Close())
	return dir
}

// lockedSize is the length of the steps of closedStore in bytes.
const lockedSize = 1000

// A store without LOCK opens: people delete the file because it looks stale, and copies leave
// it out.
func TestStoreWithoutItsLock(t *testing.T) {
	const steps = 3
	dir := closedStore(t, steps)
	lock := filepath.Join(dir, lockName)
	for _, open := range []func(string) (*Store, error){OpenReadOnly, Open} {
		require.NoError(t, os.Remove(lock))
		s, err := open(dir)
		require.NoError(t, err)
		requireSteps(t, s, steps, lockedSize)
		require.NoError(t, s.Close())
		require.FileExists(t, lock)
	}
}

// Deleting LOCK while a store is open does not unlock the store.
func TestDeletingTheLockUnlocksNothing(t *testing.T) {
	dir := closedStore(t, 1)
	lock := filepath.Join(dir, lockName)
	s, err := Open(dir)
	require.NoError(t, err)
	require.NoError(t, os.Remove(lock))
	for _, open := range []func(string) (*Store, error){OpenReadOnly, Open} {
		_, err = open(dir)
		require.ErrorIs(t, err, ErrLocked)
	}
	require.NoError(t, s.Close())
	reader, err := OpenReadOnly(dir)
	require.NoError(t, err)
	require.NoError(t, os.Remove(lock))
	_, err = Open(dir)
	require.ErrorIs(t, err, ErrLocked)
	second, err := OpenReadOnly(dir)
	require.NoError(t, err)
	require.NoError(t, second.Close())
	require.NoError(t, reader.Close())
}

// In a read-only folder without LOCK, readers lock the folder alone.
func TestReadOnlyFolderWithoutALock(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root writes every folder")
	}
	const steps = 1
	dir := closedStore(t, steps)
	require.NoError(t, os.Remove(filepath.Join(dir, lockName)))
	require.NoError(t, os.Chmod(dir, 0o500))
	t.Cleanup(func() { os.Chmod(dir, 0o700) })
	s, err := OpenReadOnly(dir)
	require.NoError(t, err)
	requireSteps(t, s, steps, lockedSize)
	require.NoError(t, s.Close())
}

// Open refuses a pipe in the place of a file of the store without waiting for it.
func TestPipesInAStoreAreRefused(t *testing.T) {
	for _, name := range []string{MetaName, headName, sealName, lockName, filepath.Join(engineName, "000009.sst"),
		engineLog} {
		dir := closedStore(t, 1)
		if name == engineLog {
			name = anyOf(t, dir, "*.log", "MANIFEST-*", "*.sst")
			require.NoError(t, os.Remove(filepath.Join(dir, sealName))) // as after a kill
		}
		path := filepath.Join(dir, name)
		_ = os.Remove(path)
		require.NoError(t, unix.Mkfifo(path, 0o600))
		for _, open := range []func(string) (*Store, error){OpenReadOnly, Open} {
			_, err := open(dir)
			require.ErrorContains(t, err, "is a pipe: not a regular file", name)
		}
		_, err := Peek(dir)
		if name == MetaName || name == headName {
			require.ErrorIs(t, err, ErrCorrupt)
		}
	}
}

const engineLog = "a file of the engine"

func anyOf(t *testing.T, dir string, patterns ...string) string {
	t.Helper()
	for _, p := range patterns {
		if found, err := filepath.Glob(filepath.Join(dir, engineName, p)); err == nil && len(found) > 0 {
			return filepath.Join(engineName, filepath.Base(found[0]))
		}
	}
	t.Fatal("no file of the engine")
	return ""
}
