package fold

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/checkpoint"
	"fold.example/fold/folding"
	"fold.example/fold/internal/kernel"
	"fold.example/fold/internal/keyfile"
	"fold.example/fold/internal/prf"
	"fold.example/fold/internal/recursion"
	"fold.example/fold/internal/run"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/r1cs"
	"fold.example/fold/step"
)

// liar is a prover whose state can be altered between its steps, together with the
// recursion that folds its steps.
type liar struct {
	t         *testing.T
	prover    *step.RunProver
	recursion *recursion.Recursion
}

var liarSeed = prf.Seed("sixteen bytes or more")

// newLiar begins a run over a prompt of two tokens, with one block per step.
func newLiar(t *testing.T) *liar {
	t.Helper()
	ctx := context.Background()
	m := openTest(t, committedModel(t))
	key, err := keyfile.Open(ctx, provingKey(t), 20, nil)
	require.NoError(t, err)
	c, _, err := m.Commitment(ctx, key, nil)
	require.NoError(t, err)
	p, err := step.NewParams(c, 2, 1, []int{0})
	require.NoError(t, err)
	l := &liar{t: t}
	l.recursion, err = recursion.New(ctx, p, key, 2)
	require.NoError(t, err)
	l.prover, err = step.NewRunProver(p, key, m.Integers(), liarSeed, 2)
	require.NoError(t, err)
	l.prover.InContext(l.recursion.Context)
	return l
}

// prove proves the prover's next step from whatever state the prover has.
func (l *liar) prove() *step.Step {
	l.t.Helper()
	p, err := l.prover.Prove(context.Background(), []int{65})
	require.NoError(l.t, err)
	return p.Step
}

// honest proves and folds a step.
func (l *liar) honest() *liar {
	l.t.Helper()
	require.NoError(l.t, l.recursion.Add(l.prove(), liarSeed))
	return l
}

// after advances over the steps of an honest prover and takes its folding states. The same
// steps with the same seed have the same bytes.
func (l *liar) after(states []*folding.State) (last *step.State) {
	l.t.Helper()
	r := l.recursion
	for _, s := range states {
		last = l.copy(l.prover.State())
		l.prove()
		r.State, r.Tracker.State = s, *l.copy(l.prover.State())
		require.Equal(l.t, s.Z, r.Protocol.Elements(l.prover.State()))
	}
	return last
}

// lie alters the prover's state and proves a step from there. The step's own argument is
// valid.
func (l *liar) lie(change func(z *step.State)) (w *step.FunctionWitness, from []fr.Element) {
	l.t.Helper()
	change(l.prover.State())
	z := l.copy(l.prover.State())
	from = l.recursion.Protocol.Elements(z)
	g := *l.recursion.Tracker
	g.State = *z
	w, err := l.recursion.Function.Witness(&g, l.prove())
	require.NoError(l.t, err)
	return w, from
}

func (l *liar) copy(z *step.State) *step.State {
	p := l.recursion.Protocol
	own, err := p.DecodeState(p.EncodeState(z))
	require.NoError(l.t, err)
	return own
}

// hashed returns the public input of a run's last instance, as PROTOCOL.md defines it.
func hashed(p *folding.Params, s *folding.State) fr.Element {
	hash := transcript.HashNative
	w, e := r1cs.PackPoint(&s.Main.W[0]), r1cs.PackPoint(&s.Main.E)
	main := hash("bn254 running", append(append(w[:], e[:]...), s.Main.U, s.Main.X[0])...)
	list := []fr.Element{
		p.Digest(), fr.NewElement(s.I), fr.NewElement(uint64(len(s.Z))), hash("ivc z", s.First...),
		hash("ivc z", s.Z...), main,
	}
	for _, q := range append(s.Cycle.W[:2:2], s.Cycle.E) {
		list = append(list, fr.Element(q.X), fr.Element(q.Y))
	}
	b := s.Cycle.U.Bytes()
	list = append(list, *new(fr.Element).SetBytes(b[:]))
	for _, x := range s.Cycle.X {
		limbs := r1cs.NonNativeLimbs(x)
		list = append(list, limbs[:]...)
	}
	return hash("ivc state", list...)
}

// TestLiesOfOneStep: a step that does not continue the run cannot be folded, although its
// own argument is valid. If the prover sets its last instance's public input to the state
// that the lie needs, the folding state does not verify, and neither does any state that
// continues it.
func TestLiesOfOneStep(t *testing.T) {
	one := fr.One()
	honest := newLiar(t)
	var states []*folding.State
	for range 2 {
		states = append(states, honest.honest().recursion.State)
	}
	for name, c := range map[string]struct {
		before int // number of honest steps before the lie
		change func(z, last *step.State)
	}{
		"a layer skipped":             {1, func(z, _ *step.State) { z.Group = 1 }},
		"layers swapped":              {2, func(z, _ *step.State) { z.Group = 2 }},
		"a step repeated":             {2, func(z, last *step.State) { z.Group = last.Group }},
		"a pass with other tokens":    {1, func(z, _ *step.State) { z.Window = []int{66} }},
		"cache of another pass":       {2, func(z, _ *step.State) { z.CacheRead.Add(&z.CacheRead, &one) }},
		"cache left by another pass":  {2, func(z, last *step.State) { z.CacheWrite = last.CacheWrite }},
		"another residual stream":     {2, func(z, last *step.State) { z.Stream = last.Stream }},
		"records of another model":    {1, func(z, _ *step.State) { z.Model.Add(&z.Model, &one) }},
		"claims on weights forgotten": {2, func(z, last *step.State) { z.Claims = last.Claims }},
		// A true claim: the cache is zero.
		"another running claim":        {1, func(z, _ *step.State) { z.Cache.Point[0].SetOne() }},
		"a token that no head chose":   {1, func(z, _ *step.State) { z.Next = 7 }},
		"a settlement that goes on":    {1, func(z, _ *step.State) { z.Settle.Total.SetOne() }},
		"tokens of another run's text": {1, func(z, _ *step.State) { z.Tokens.Add(&z.Tokens, &one) }},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLiar(t)
			last := l.after(states[:c.before])
			w, from := l.lie(func(z *step.State) { c.change(z, last) })
			r := l.recursion
			_, err := r.Prove(r.State, w.Folding(), step.RecursionBlinds(liarSeed))
			require.ErrorIs(t, err, r1cs.ErrUnsatisfied)

			forged := *r.State
			forged.Z = from
			require.ErrorIs(t, r.Verify(&forged, r.First), folding.ErrState)
			forged.Fresh.X = []fr.Element{hashed(r.Params, &forged)}
			require.ErrorIs(t, r.Verify(&forged, r.First), r1cs.ErrUnsatisfied)
			next, err := r.Prove(&forged, w.Folding(), step.RecursionBlinds(liarSeed))
			require.NoError(t, err)
			require.ErrorIs(t, r.Verify(next, r.First), r1cs.ErrUnsatisfied)
		})
	}
}

// TestLiesWithinAStep: the points of a step differ from the points that its argument is
// about.
func TestLiesWithinAStep(t *testing.T) {
	l := newLiar(t).honest()
	r := l.recursion
	w, err := r.Function.Witness(r.Tracker, l.prove())
	require.NoError(t, err)
	_, _, g, _ := bn254.Generators()
	for i := range w.Points {
		forged := *w
		forged.Points[i].Add(&forged.Points[i], &g)
		forged.Advice = replaced(w.Advice, &w.Points[i], &forged.Points[i])
		_, err := r.Prove(r.State, forged.Folding(), step.RecursionBlinds(liarSeed))
		require.ErrorIs(t, err, r1cs.ErrUnsatisfied, i)
	}
	next, err := r.Prove(r.State, w.Folding(), step.RecursionBlinds(liarSeed))
	require.NoError(t, err)
	require.NoError(t, r.Verify(next, r.First))
}

// replaced returns advice with the limbs of one point replaced by another's.
func replaced(advice []fr.Element, old, point *bn254.G1Affine) []fr.Element {
	out := append([]fr.Element{}, advice...)
	from, to := r1cs.PointLimbs(old), r1cs.PointLimbs(point)
	for i := 0; i+len(from) <= len(out); i++ {
		if [6]fr.Element(out[i:]) == from {
			copy(out[i:], to[:])
		}
	}
	return out
}

// TestPartsOfAnotherRun: no part of one run's state can replace the same part of another's,
// not even if the runs differ only in their blinding factors.
func TestPartsOfAnotherRun(t *testing.T) {
	a, b := newLiar(t), newLiar(t)
	other := prf.Seed("another seed, also long enough")
	for range 2 {
		a.honest()
		require.NoError(t, b.recursion.Add(b.prove(), other))
	}
	r := a.recursion
	require.NoError(t, r.Verify(r.State, r.First))
	for name, swap := range map[string]func(s *folding.State){
		"CycleFold instance": func(s *folding.State) { s.Cycle = b.recursion.State.Cycle },
		"running instance":   func(s *folding.State) { s.Main = b.recursion.State.Main },
		"last instance":      func(s *folding.State) { s.Fresh = b.recursion.State.Fresh },
		"number of steps":    func(s *folding.State) { s.I++ },
		"first state":        func(s *folding.State) { s.First = s.Z },
	} {
		s := *r.State
		swap(&s)
		require.Error(t, r.Verify(&s, r.First), name)
		s.Fresh.X = []fr.Element{hashed(r.Params, &s)}
		require.Error(t, r.Verify(&s, r.First), name+", hashed")
	}
}

// TestOtherWeights: a prover with other weights than the committed ones can prove every
// step, because steps defer all claims on weights. The owner's check detects it by
// replaying, or by the claims where it does not replay. In a settlement, the claims on its
// own weights hold, but the commitment does not open to them.
func TestOtherWeights(t *testing.T) {
	ctx := context.Background()
	store := filepath.Join(t.TempDir(), "s")
	opts := smallRun(t, store)
	opts.Model = DemoModel // in memory, where it can be altered
	m := openBard(t)
	r, err := run.New(ctx, m, &opts, nil)
	require.NoError(t, err)
	text, err := r.Manifest.Encode()
	require.NoError(t, err)
	r.Store, err = checkpoint.Create(store, checkpoint.Meta{Kind: run.StoreKind, Parameters: r.Parameters(),
		Details: text})
	require.NoError(t, err)
	m.Integers().Layers[2].Up.Matrix.(*kernel.W16).Data[1234] ^= 1
	s, err := r.Finish(ctx)
	require.NoError(t, err, "the prover notices nothing")
	require.Equal(t, 2, s.Tokens)
	trial := readTrial(t)
	trial.Model = DemoModel
	_, err = Verify(ctx, store, trial, nil)
	require.ErrorIs(t, err, ErrRejected)
	require.ErrorContains(t, err, "the running polynomials: ")

	// the forger's polynomials, as a snapshot
	s2, err := checkpoint.Open(store)
	require.NoError(t, err)
	w, err := s2.NewSnapshot(r.StepProver.SnapshotSize())
	require.NoError(t, err)
	require.NoError(t, r.StepProver.WriteSnapshot(w))
	require.NoError(t, errors.Join(w.Commit(), s2.Close()))
	_, err = Verify(ctx, store, trial, nil)
	require.ErrorIs(t, err, ErrRejected)
	require.ErrorContains(t, err, "the claims on weights: ")
}
