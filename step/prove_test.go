package step

import (
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold/internal/poly"
)

// run proves the steps of a pass one after another.
type run struct {
	*pass
	prover    *Prover
	slots     Slots
	arguments []*Argument // by kind, in one frame
	last      *Argument   // of the last step that was proven
	secrets   Secrets
	next      Statement
}

func newRun(t testing.TB, p *pass) *run {
	t.Helper()
	return newRunOf(t, p, argumentsOf(t, p.shape))
}

// newRunOf is a run under arguments by kind, which may have others in their frame.
func newRunOf(t testing.TB, p *pass, arguments []*Argument) *run {
	t.Helper()
	key, err := testKey()
	require.NoError(t, err)
	r := &run{pass: p, prover: NewProver(key), arguments: arguments}
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
func (r *run) prove(t testing.TB, w *Witness, first int) (*Argument, *Statement, *Proof) {
	t.Helper()
	a, s := r.arguments[w.Program.Kind], r.next
	r.last = a
	s.Geometry = w.Geometry
	var err error
	s.Record, err = NewRecord(w.Program, r.shape, r.model, first)
	require.NoError(t, err)
	if len(w.Program.Windows) > 0 {
		s.Cache, r.secrets.Cache = r.oldCache(t, w)
	}
	proof, result, open, err := r.prover.Prove(a, &s, w, NewModelView(r.model, r.shape, first), &r.secrets)
	require.NoError(t, err)
	r.next.Input, r.next.Running = result.Output, result.Running
	r.secrets.Input = open.Output
	return a, &s, proof
}

// oldCache commits to the cache before the pass of a witness.
func (r *run) oldCache(t testing.TB, w *Witness) (c bn254.G1Affine, blind fr.Element) {
	t.Helper()
	if w.Geometry.Start == 0 {
		return c, blind
	}
	p := &prover{branch: &branch[fr.Element]{plan: newPlan(w.Program, &frame{})}, w: w}
	old := make(fr.Vector, 1<<p.cacheBits)
	for i, win := range p.Windows {
		from, _ := p.windowOf(win)
		c := &w.Columns[win.Cache]
		(&Column{Signed: c.Signed[:from]}).store(old[i*c.Len():])
	}
	blind.MustSetRandom()
	return commitTo(t, r.prover.key, old, blind), blind
}

// settle checks what a step left open: the running claims against their
// polynomials and commitments, and the deferred ones against the model.
func (r *run) settle(t testing.TB, result *Result, first int) {
	t.Helper()
	for i, o := range result.Running {
		q := r.secrets.Running[i]
		v := poly.Eval(q.Values, o.Point)
		require.True(t, v.Equal(&o.Value), "running claim %d", i)
		c := commitTo(t, r.prover.key, q.Values, q.Blind)
		require.True(t, c.Equal(&o.Commitment), "commitment of running claim %d", i)
	}
	deferred, err := r.last.Deferred(r.g.Start, r.g.Bits, &result.Weights)
	require.NoError(t, err)
	for _, d := range deferred {
		v := evalWeight(t, r.model, r.shape, first, d.Name, d.Point)
		require.True(t, v.Equal(&d.Value), "deferred claim on %s", d.Name)
	}
}

// TestProve proves every step of passes of honest runs, verifies them and
// settles what they leave.
func TestProve(t *testing.T) {
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(5, 6))
			m := randomModel(t, rng, withVocab(s.config), s.scheme, s.loud)
			for _, at := range []struct{ start, bits int }{{0, 2}, {3, 0}} {
				r := newRun(t, newPass(t, rng, m, m.Config.Layers, at.start, at.bits))
				for i, witness := range []func() *Witness{
					func() *Witness { return r.embed(t) },
					func() *Witness { return r.blocks(t, 0) },
					func() *Witness { return r.head(t) },
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
func argumentsOf(t testing.TB, shapes ...Shape) []*Argument {
	t.Helper()
	var variants []Variant
	for _, s := range shapes {
		programs, slots, err := programsOf(s)
		require.NoError(t, err)
		for _, p := range programs {
			variants = append(variants, Variant{p, s, slots})
		}
	}
	as, err := NewArguments(variants...)
	require.NoError(t, err)
	return as
}
