package quantize_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama"
	"fold.example/fold/llama/quantize"
	"fold.example/fold/llama/source"
	"fold.example/fold/llama/source/sourcetest"
)

// vanishing is a source that multiplies the tensors of some kinds by a factor.
type vanishing struct {
	source.Source
	kinds  []source.Kind
	factor float32
}

func (v vanishing) ReadRows(t source.Tensor, lo, hi int, dst []float32) error {
	err := v.Source.ReadRows(t, lo, hi, dst)
	if slices.Contains(v.kinds, t.Kind) {
		for i := range dst {
			dst[i] *= v.factor
		}
	}
	return err
}

// Models import even if any tensor, or all of them, are zero or tiny.
func TestVanishingSources(t *testing.T) {
	m := sourcetest.Model{Seed: 5, Config: llama.Config{Dim: 32, Hidden: 48, Layers: 2, Heads: 4, KVHeads: 2,
		HeadDim: 8, Vocab: 48, Context: 64, RMSEps: 1e-5, Rope: llama.Rope{Theta: 1e4}}}
	path := filepath.Join(t.TempDir(), "m.gguf")
	require.NoError(t, m.WriteGGUF(path))
	src := sourcetest.Open(t, path)
	var all []source.Kind
	cases := [][]source.Kind{{source.AttnNorm, source.FFNNorm, source.FinalNorm}}
	for k := source.Embedding; k <= source.Down; k++ {
		all, cases = append(all, k), append(cases, []source.Kind{k})
	}
	for _, kinds := range append(cases, all) {
		for _, factor := range []float32{0, 1e-7, 1e-30} {
			for _, scheme := range []quantize.Weights{quantize.W16, quantize.W8} {
				t.Run(fmt.Sprint(kinds, " times ", factor, " ", scheme), func(t *testing.T) {
					opts := quantize.Options{Weights: scheme,
						Windows: [][]int{{1, 2, 3, 4, 5, 6, 7, 8}, {47, 0, 47, 3}}}
					m, _, err := quantize.Build(context.Background(), vanishing{src, kinds, factor}, opts)
					require.NoError(t, err)
					require.NoError(t, m.Validate())
				})
			}
		}
	}
}
