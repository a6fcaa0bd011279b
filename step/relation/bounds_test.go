package relation

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/llama/llamatest"
)

func fixtureOf(t *testing.T, p llamatest.SmallPass) *fixture {
	rng := rand.New(rand.NewPCG(p.Seed, 0))
	m := llamatest.RandomModel(t, rng, p.Config, p.Scheme, p.Loud)
	return newFixture(t, rng, m, m.Config.Layers, p.Start, p.Bits)
}

// TestBounds checks passes through random small models. TestBoundsMore, with the tag slow,
// checks more.
func TestBounds(t *testing.T) {
	for i := range 12 {
		withinBounds(t, rapid.Custom(llamatest.GenPass).Example(i))
	}
}

// withinBounds checks that every cell of every tensor is within the program's interval, and
// every constraint's terms within its magnitude.
func withinBounds(t *testing.T, p llamatest.SmallPass) {
	t.Helper()
	run := fixtureOf(t, p)
	for _, w := range []*Witness{run.embed(t), run.blocks(t, 0), run.head(t)} {
		record, err := NewLayerConstants(w.Program, run.shape, run.model, 0)
		require.NoError(t, err)
		for i, k := range record {
			require.True(t, k.Sign() > 0 && k.Cmp(LiftMax()) <= 0, w.Program.Slots[i])
		}
		entries := llamatest.Entries{Model: run.model}
		c := &Checker{Witness: w, record: record.Elements(), model: entries, tables: &run.model.Tables}
		for i := range w.Program.Tensors {
			c.checkInterval(t, TensorID(i))
		}
		for i := range w.Program.Constraints {
			c.checkMagnitude(t, &w.Program.Constraints[i])
		}
	}
}

// integer returns the integer of smallest magnitude that is congruent to an element.
func integer(e fr.Element) *big.Int {
	v := e.BigInt(new(big.Int))
	if v.Cmp(new(big.Int).Rsh(fr.Modulus(), 1)) > 0 {
		v.Sub(v, fr.Modulus())
	}
	return v
}

// checkInterval checks a tensor's live cells. Inverses are skipped: they are not integers.
func (c *Checker) checkInterval(t *testing.T, id TensorID) {
	tensor := c.Program.Tensor(id)
	if tensor.Oracle == Inverses {
		return
	}
	var at [NumAxes]int
	_ = c.eachLive(tensor.Space, &at, func() error {
		v := integer(c.value(id, &at))
		if v.Cmp(tensor.Lo) < 0 || v.Cmp(tensor.Hi) > 0 {
			t.Fatalf("%s of %s is %v at %s, expected %v to %v",
				tensor.Name, c.Program.Kind, v, tensor.Space.describe(&at), tensor.Lo, tensor.Hi)
		}
		return nil
	})
}

// checkMagnitude sums the magnitudes of a constraint's terms in its live cells.
func (c *Checker) checkMagnitude(t *testing.T, k *Constraint) {
	most := c.Program.Magnitude(k)
	var at [NumAxes]int
	_ = c.eachLive(k.Space, &at, func() error {
		sum := new(big.Int)
		for _, term := range k.Terms {
			v := integer(c.coef(term.Coef))
			for _, f := range term.Factors {
				v.Mul(v, integer(c.form(f, &at)))
			}
			sum.Add(sum, v.Abs(v))
		}
		if sum.Cmp(most) > 0 {
			t.Fatalf("constraint %s reaches %v at %s, expected at most %v", k.Name, sum, k.Space.describe(&at), most)
		}
		return nil
	})
}

// eachLive visits the live indices of a space.
func (c *Checker) eachLive(s Space, at *[NumAxes]int, visit func() error) error {
	return c.each(s, at, func() error {
		if !c.isLive(s, at) {
			return nil
		}
		return visit()
	})
}

// TestWideHead: a head whose leads might not fit their cells is refused when its program is
// built, and not only when the proof of an unlucky token fails.
func TestWideHead(t *testing.T) {
	s := Shape{Config: llamatest.SmallConfig, Softmax: 32, DownLimbs: 2, Eps: 1, TokenBits: 0, PositionBits: 1,
		Blocks: 1}
	s.Config.Dim = 1 << 15
	_, err := NewHead(s)
	require.NoError(t, err)
	s.Config.Dim++
	_, err = NewHead(s)
	require.ErrorContains(t, err, "a head of width 32769, whose logits may be 2^48 apart")
}
