package llama

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// openedFolder is a random model that was saved and opened, with the path of its weights.
func openedFolder(t *testing.T) (*Model, string) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, smallModel(t, W16).Save(dir))
	m, err := Open(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m, filepath.Join(dir, weightsName)
}

// weights.bin is truncated while a model is open, before the first read and between two
// passes. Every later use of the model returns an error; the process does not die.
func TestTruncatedWeightsAreAnError(t *testing.T) {
	for _, size := range []int64{0, headerSize, headerSize + 1} {
		for _, passes := range []int{0, 1} {
			truncatedAfter(t, passes, size)
		}
	}
}

func truncatedAfter(t *testing.T, passes int, size int64) {
	t.Helper()
	m, path := openedFolder(t)
	s := m.NewSession()
	for range passes {
		_, err := s.Next([]int{1, 2})
		require.NoError(t, err)
	}
	require.NoError(t, os.Truncate(path, size))
	_, err := s.Next([]int{1})
	require.ErrorIs(t, err, ErrCorrupt)
	require.ErrorIs(t, m.Unchanged(), ErrCorrupt)
	_, err = m.NewSession().Next([]int{1})
	require.ErrorIs(t, err, ErrCorrupt)
}

func TestOverwrittenWeightsAreNoticed(t *testing.T) {
	m, path := openedFolder(t)
	require.NoError(t, m.Unchanged())
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteAt([]byte{1, 2, 3}, headerSize+100)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.ErrorIs(t, m.Unchanged(), ErrCorrupt)
}

// The folder of an open model may be moved, or replaced by another import.
func TestOpenModelOutlivesItsName(t *testing.T) {
	m, path := openedFolder(t)
	require.NoError(t, os.Rename(path, path+".old"))
	require.NoError(t, m.Unchanged())
	require.NoError(t, os.Remove(path+".old"))
	require.NoError(t, m.Unchanged())
	_, err := m.NewSession().Next([]int{1, 2})
	require.NoError(t, err)
}
