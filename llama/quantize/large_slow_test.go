//go:build slow

package quantize_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama"
	"fold.example/fold/llama/quantize"
	"fold.example/fold/llama/source/sourcetest"
)

// A model of the shape of LLaMA-3-8B (one layer of it) imports within 3 GiB,
// calibration on 4,096 tokens included.
func TestLargeShape(t *testing.T) {
	m := sourcetest.Model{Seed: 8, Config: llama.Config{Dim: 4096, Hidden: 14336, Layers: 1, Heads: 32, KVHeads: 8,
		HeadDim: 128, Vocab: 128256, Context: 8192, RMSEps: 1e-5, Rope: llama.Rope{Theta: 500000}}}
	dir := t.TempDir()
	require.NoError(t, m.WriteHuggingFace(dir, 4))
	windows := make([][]int, 16)
	for i := range windows {
		for p := range 256 {
			windows[i] = append(windows[i], (i*50021+p*p*37)%m.Config.Vocab)
		}
	}
	w, err := llama.Create(t.TempDir())
	require.NoError(t, err)
	defer w.Close()

	last := time.Now()
	_, err = quantize.Import(context.Background(), sourcetest.Open(t, dir), quantize.Options{
		Weights: quantize.W8, NoGPTQ: true, Windows: windows,
		Progress: func(p quantize.Progress) {
			if p.Done == p.Total {
				var mem runtime.MemStats
				runtime.ReadMemStats(&mem)
				t.Logf("%s: %.1f s, %d MiB from the system", p.Stage, time.Since(last).Seconds(), mem.Sys>>20)
				last = time.Now()
			}
		}}, w)
	require.NoError(t, err)
	require.NoError(t, w.Commit())
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	require.Less(t, mem.Sys, uint64(3<<30))
}
