package relation

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama/llamatest"
)

// TestEveryCellIsPinned changes one live cell of every tensor, committed or virtual, and
// requires that the relation fails.
func TestEveryCellIsPinned(t *testing.T) {
	for _, s := range llamatest.Shapes {
		t.Run(s.Name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(3, 4))
			m := llamatest.RandomModel(t, rng, llamatest.WithVocab(s.Config), s.Scheme, s.Loud)
			p := newFixture(t, rng, m, m.Config.Layers, 2, 1)
			for _, w := range []*Witness{p.embed(t), p.blocks(t, 0), p.head(t)} {
				require.NoError(t, p.check(t, w, 0))
				for i := range w.Program.Tensors {
					p.changeOne(t, rng, w, TensorID(i))
				}
			}
		})
	}
}

func (p *fixture) changeOne(t *testing.T, rng *rand.Rand, w *Witness, id TensorID) {
	tensor := &w.Program.Tensors[id]
	if tensor.Oracle == Public || tensor.Oracle == Weights || tensor.Oracle == Inverses {
		return
	}
	var at [NumAxes]int
	for _, a := range tensor.Space {
		at[a] = rng.IntN(w.Geometry.Live(&w.Program.Extents, a))
	}
	if tensor.Oracle == Cache { // earlier passes pin earlier positions; here only the scores do
		at[Position] = w.Geometry.Start
	}
	i := (&Checker{Witness: w}).Index(tensor.Space, &at)
	d := int64(1 - 2*rng.IntN(2))
	addTo(&w.Columns[id], i, d)
	require.Error(t, p.check(t, w, 0),
		"%s of %s at %s changed by %d", tensor.Name, w.Program.Kind, tensor.Space.describe(&at), d)
	addTo(&w.Columns[id], i, -d)
}

// addTo adds d to a cell.
func addTo(c *Column, i int, d int64) {
	switch {
	case c.Unsigned != nil:
		c.Unsigned[i] += uint16(d)
	case c.Signed != nil:
		c.Signed[i] += int16(d)
	case c.Ints != nil:
		c.Ints[i] += d
	case c.Wide != nil:
		c.Wide[i].Lo += uint64(d)
	default:
		var e = c.Field[i]
		e.SetInt64(d)
		c.Field[i].Add(&c.Field[i], &e)
	}
}
