package sourcetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama/source"
)

// Open opens a model by its path, and closes it when the test ends.
func Open(t testing.TB, path string) source.Source {
	t.Helper()
	s, err := source.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}
