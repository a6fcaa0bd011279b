package argument

import (
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit/committest"
	"fold.example/fold/internal/poly"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/relation/relationtest"
)

// run proves the steps of a pass one after another.
type run struct {
	*relationtest.Pass
	prover    *Prover
	slots     AccumulatorSizes
	arguments []*Argument // by kind, in one frame
	last      *Argument   // of the last step that was proven
	secrets   Secrets
	next      Statement
}

func newRun(t testing.TB, p *relationtest.Pass) *run {
	t.Helper()
	return newRunOf(t, p, argumentsOf(t, p.Shape))
}

// newRunOf is a run under arguments by kind, which may have others in their frame.
func newRunOf(t testing.TB, p *relationtest.Pass, arguments []*Argument) *run {
	t.Helper()
	key, err := committest.Key()
	require.NoError(t, err)
	r := &run{Pass: p, prover: NewProver(key), arguments: arguments}
	r.slots = r.arguments[0].reduction.slots
	for i, n := range []int{r.slots.Cells, r.slots.Cache} {
		r.secrets.Running[i].Values = make(fr.Vector, 1<<n)
		r.next.Running[i].Point = make([]fr.Element, n)
	}
	r.secrets.Blind = func(string, [32]byte) (b fr.Element) { b.MustSetRandom(); return }
	r.next.Context = fr.NewElement(42)
	return r
}

// prove proves one step.
func (r *run) prove(t testing.TB, w *relation.Witness, first int) (*Argument, *Statement, *Proof) {
	t.Helper()
	a, s := r.arguments[w.Program.Kind], r.next
	r.last = a
	s.Geometry = w.Geometry
	var err error
	s.Record, err = relation.NewLayerConstants(w.Program, r.Shape, r.Model, first)
	require.NoError(t, err)
	if len(w.Program.CacheWrites) > 0 {
		s.Cache, r.secrets.Cache = r.oldCache(t, w)
	}
	proof, result, open, err := r.prover.Prove(a, &s, w, relation.NewModelView(r.Model, r.Shape, first), &r.secrets)
	require.NoError(t, err)
	r.next.Input, r.next.Running = result.Output, result.Running
	r.secrets.Input = open.Output
	return a, &s, proof
}

// oldCache commits to the cache before the pass of a witness.
func (r *run) oldCache(t testing.TB, w *relation.Witness) (c bn254.G1Affine, blind fr.Element) {
	t.Helper()
	if w.Geometry.Start == 0 {
		return c, blind
	}
	p := &stepProver{variantVerifier: &variantVerifier[fr.Element]{plan: newPlan(w.Program, &UniformLayout{})}, w: w}
	old := make(fr.Vector, 1<<p.CacheBits)
	for i, win := range p.CacheWrites {
		from, _ := p.windowOf(win)
		c := &w.Columns[win.Cache]
		(&relation.Column{Signed: c.Signed[:from]}).Store(old[i*c.Len():])
	}
	blind.MustSetRandom()
	return committest.Commit(t, r.prover.key, old, blind), blind
}

// settle checks what a step left open: the running claims against their
// polynomials and commitments, and the deferred ones against the model.
func (r *run) settle(t testing.TB, result *Result, first int) {
	t.Helper()
	for i, o := range result.Running {
		q := r.secrets.Running[i]
		v := poly.Eval(q.Values, o.Point)
		require.True(t, v.Equal(&o.Value), "running claim %d", i)
		c := committest.Commit(t, r.prover.key, q.Values, q.Blind)
		require.True(t, c.Equal(&o.Commitment), "commitment of running claim %d", i)
	}
	deferred, err := r.last.Deferred(r.G.Start, r.G.Bits, &result.Weights)
	require.NoError(t, err)
	for _, d := range deferred {
		v := relationtest.EvalWeight(t, r.Model, r.Shape, first, d.Name, d.Point)
		require.True(t, v.Equal(&d.Value), "deferred claim on %s", d.Name)
	}
}

// TestProve proves every step of passes of honest runs, verifies them and
// settles what they leave.
func TestProve(t *testing.T) {
	for _, s := range llamatest.Shapes {
		t.Run(s.Name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(5, 6))
			m := llamatest.RandomModel(t, rng, llamatest.WithVocab(s.Config), s.Scheme, s.Loud)
			for _, at := range []struct{ start, bits int }{{0, 2}, {3, 0}} {
				r := newRun(t, relationtest.NewPass(t, rng, m, m.Config.Layers, at.start, at.bits))
				for i, witness := range []func() *relation.Witness{
					func() *relation.Witness { return r.Embed(t) },
					func() *relation.Witness { return r.Blocks(t, 0) },
					func() *relation.Witness { return r.Head(t) },
				} {
					a, statement, proof := r.prove(t, witness(), 0)
					result, err := a.Verify(statement, proof)
					require.NoError(t, err, "step %d", i)
					r.settle(t, result, 0)
				}
			}
		})
	}
}

// argumentsOf builds the arguments of all kinds for size classes, in one frame.
func argumentsOf(t testing.TB, shapes ...relation.Shape) []*Argument {
	t.Helper()
	var variants []Variant
	for _, s := range shapes {
		programs, slots, err := ProgramsOf(s)
		require.NoError(t, err)
		for _, p := range programs {
			variants = append(variants, Variant{p, s, slots})
		}
	}
	as, err := NewArguments(variants...)
	require.NoError(t, err)
	return as
}
