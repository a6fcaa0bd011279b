package relation

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama/llamatest"
)

// TestWitnessDigest: the digest covers every committed cell. The blinding factors of a step
// depend on it.
func TestWitnessDigest(t *testing.T) {
	rng := rand.New(rand.NewPCG(71, 0))
	m := llamatest.Small(t, rng, 3)
	p := newFixture(t, rng, m, m.Config.Layers, 2, 1)
	for _, w := range []*Witness{p.embed(t), p.blocks(t, 0), p.head(t)} {
		honest := w.Digest()
		for i := range w.Program.Tensors {
			switch w.Program.Tensors[i].Oracle {
			case Cells, Outputs, Input, Output, Cache:
				at := rng.IntN(w.Columns[i].Len())
				addTo(&w.Columns[i], at, 1)
				require.NotEqual(t, honest, w.Digest(), w.Program.Tensors[i].Name)
				addTo(&w.Columns[i], at, -1)
			}
		}
		require.Equal(t, honest, w.Digest())
	}
}
