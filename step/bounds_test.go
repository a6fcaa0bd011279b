package step

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold/llama"
)

// smallPass is a pass through a random small model: its sizes, where it stands and
// what its numbers are drawn from.
type smallPass struct {
	config      llama.Config
	scheme      llama.Scheme
	loud        bool
	start, bits int
	seed        uint64
}

func genPass(t *rapid.T) smallPass {
	n := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	c := llama.Config{Dim: n("dim", 1, 19), Hidden: n("hidden", 1, 23), Layers: n("layers", 1, 2), KVHeads: n("key heads", 1, 4), HeadDim: 2 * n("pairs", 1, 5)}
	c.Heads = c.KVHeads * n("group", 1, 5)
	c = withVocab(c)
	c.Vocab = n("vocabulary", 2, 40)
	p := smallPass{config: c, scheme: rapid.SampledFrom([]llama.Scheme{llama.W16, llama.W8, llama.Ternary}).Draw(t, "scheme")}
	p.loud = p.scheme == llama.W16 && rapid.Bool().Draw(t, "loud")
	p.bits = n("bits", 0, 3)
	p.start = n("passes before", 0, 2) << p.bits
	p.seed = rapid.Uint64().Draw(t, "seed")
	return p
}

func (p smallPass) pass(t *testing.T) *pass {
	rng := rand.New(rand.NewPCG(p.seed, 0))
	m := randomModel(t, rng, p.config, p.scheme, p.loud)
	return newPass(t, rng, m, m.Config.Layers, p.start, p.bits)
}

// TestBounds looks at passes through random small models; TestBoundsMore, with the
// tag slow, at more of them.
func TestBounds(t *testing.T) {
	for i := range 12 {
		rapid.Custom(genPass).Example(i).withinBounds(t)
	}
}

// withinBounds: every cell of every tensor is within the interval that the program
// has for it, and every constraint's terms within its magnitude.
func (p smallPass) withinBounds(t *testing.T) {
	t.Helper()
	run := p.pass(t)
	for _, w := range []*Witness{run.embed(t), run.blocks(t, 0), run.head(t)} {
		record, err := NewRecord(w.Program, run.shape, run.model, 0)
		require.NoError(t, err)
		for i, k := range record {
			require.True(t, k.Sign() > 0 && k.Cmp(w.Program.slotMax(i)) <= 0, w.Program.Slots[i])
		}
		c := &checker{Witness: w, record: record.elements(), model: entries{run.model, 0}, tables: &run.model.Tables}
		for i := range w.Program.Tensors {
			c.checkInterval(t, TensorID(i))
		}
		for i := range w.Program.Constraints {
			c.checkMagnitude(t, &w.Program.Constraints[i])
		}
	}
}

// integer is the number of smallest magnitude that an element stands for.
func integer(e fr.Element) *big.Int {
	v := e.BigInt(new(big.Int))
	if v.Cmp(new(big.Int).Rsh(fr.Modulus(), 1)) > 0 {
		v.Sub(v, fr.Modulus())
	}
	return v
}

// checkInterval looks at a tensor's live cells; inverses are no integers.
func (c *checker) checkInterval(t *testing.T, id TensorID) {
	tensor := c.Program.tensor(id)
	if tensor.Home == Inverses {
		return
	}
	var at [numAxes]int
	_ = c.eachLive(tensor.Space, &at, func() error {
		v := integer(c.value(id, &at))
		if v.Cmp(tensor.Lo) < 0 || v.Cmp(tensor.Hi) > 0 {
			t.Fatalf("%s of %s is %v at %s, expected %v to %v", tensor.Name, c.Program.Kind, v, tensor.Space.describe(&at), tensor.Lo, tensor.Hi)
		}
		return nil
	})
}

// checkMagnitude adds the magnitudes of a constraint's terms up in its live cells.
func (c *checker) checkMagnitude(t *testing.T, k *Constraint) {
	most := c.Program.Magnitude(k)
	var at [numAxes]int
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
func (c *checker) eachLive(s Space, at *[numAxes]int, visit func() error) error {
	return c.each(s, at, func() error {
		if !c.isLive(s, at) {
			return nil
		}
		return visit()
	})
}

// proven proves, verifies and settles the steps of a pass.
func (p smallPass) proven(t *testing.T) {
	t.Helper()
	r := newRun(t, p.pass(t))
	for i, witness := range []func() *Witness{
		func() *Witness { return r.embed(t) },
		func() *Witness { return r.blocks(t, 0) },
		func() *Witness { return r.head(t) },
	} {
		a, statement, proof := r.prove(t, witness(), 0)
		result, err := a.Verify(statement, proof)
		require.NoError(t, err, "step %d of %+v", i, p)
		r.settle(t, result, 0)
	}
}

// TestProveRandom proves passes through random small models; TestProveMore, with
// the tag slow, more of them.
func TestProveRandom(t *testing.T) {
	for i := range 2 {
		rapid.Custom(genPass).Example(i).proven(t)
	}
}

// TestWideHead: a head whose leads might not fit their cells is refused when its
// program is built, not when the proof of an unlucky token fails.
func TestWideHead(t *testing.T) {
	s := Shape{Config: smallConfig, Softmax: 32, DownLimbs: 2, TokenBits: 0, PositionBits: 1, Blocks: 1}
	s.Config.Dim = 1 << 15
	_, err := NewHead(s)
	require.NoError(t, err)
	s.Config.Dim++
	_, err = NewHead(s)
	require.ErrorContains(t, err, "a head of width 32769, whose logits may be 2^48 apart")
}
