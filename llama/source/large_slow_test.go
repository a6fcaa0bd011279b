//go:build slow

package source_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama"
	"fold.example/fold/llama/source"
	"fold.example/fold/llama/source/sourcetest"
)

// One layer of the shape of Llama 3 8B, 2.6 GB on disk, is written and read row
// group by row group in little memory.
func TestLargeShape(t *testing.T) {
	m := sourcetest.Model{Seed: 8, Config: llama.Config{Dim: 4096, Hidden: 14336, Layers: 1, Heads: 32, KVHeads: 8,
		HeadDim: 128, Vocab: 128256, Context: 8192, RMSEps: 1e-5, Rope: llama.Rope{Theta: 500000}}}
	dir := t.TempDir()
	require.NoError(t, m.WriteHuggingFace(dir, 4))
	s := sourcetest.Open(t, dir)
	require.Equal(t, m.Config, s.Config())
	const group = 256
	for name := range source.Tensors(m.Config) {
		rows, cols, err := s.Dims(name)
		require.NoError(t, err)
		got, want := make([]float32, min(group, rows)*cols), make([]float32, cols)
		for lo := 0; lo < rows; lo += group {
			hi := min(lo+group, rows)
			require.NoError(t, s.ReadRows(name, lo, hi, got[:(hi-lo)*cols]))
			m.Row(name, lo, want)
			require.Equal(t, want, got[:cols], "%v row %d", name, lo)
		}
	}
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	require.Less(t, mem.Sys, uint64(256<<20))
	t.Logf("memory from the system: %d MiB", mem.Sys>>20)
}
