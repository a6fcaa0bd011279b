package step

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBlinds: a blind depends on the seed, the label and every part, parts are not
// run together, and without a seed there is none.
func TestBlinds(t *testing.T) {
	part := func(s string) []byte { return []byte(s) }
	seen := map[string]bool{}
	for _, b := range [][]byte{
		Seed("a").prf("x", part("p"), part("q")), Seed("b").prf("x", part("p"), part("q")),
		Seed("a").prf("y", part("p"), part("q")), Seed("a").prf("x", part("pq")), Seed("a").prf("x", part("pq"), nil),
		Seed("a").prf("x", part("p")), Seed("a").prf("xp", part("q")), Seed("a").prf("x"),
	} {
		require.False(t, seen[string(b)])
		seen[string(b)] = true
	}
	b := Seed("a").blind("x")
	require.False(t, b.IsZero())
	b = Seed(nil).blind("x")
	require.True(t, b.IsZero())
}

// TestWitnessDigest: every committed cell is in the digest that the blinds of a
// step depend on.
func TestWitnessDigest(t *testing.T) {
	rng := rand.New(rand.NewPCG(71, 0))
	m := settledModel(t, rng, 3)
	p := newPass(t, rng, m, m.Config.Layers, 2, 1)
	for _, w := range []*Witness{p.embed(t), p.blocks(t, 0), p.head(t)} {
		honest := w.digest()
		for i := range w.Program.Tensors {
			switch w.Program.Tensors[i].Home {
			case Cells, Outputs, Input, Output, Cache:
				at := rng.IntN(w.Columns[i].Len())
				w.Columns[i].add(at, 1)
				require.NotEqual(t, honest, w.digest(), w.Program.Tensors[i].Name)
				w.Columns[i].add(at, -1)
			}
		}
		require.Equal(t, honest, w.digest())
	}
}
