package step

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold/internal/poly"
)

// settledRun is the settlement of the honest run, step by step.
var settledRun = struct {
	sync.Once
	steps  []*SettleStep
	before []*Follower // before each step, and after the last
	run    *SettlementRun
}{}

func settleSteps(t testing.TB) ([]*SettleStep, []*Follower) {
	r, moments := runMoments(t)
	s := &settledRun
	s.Do(func() {
		last := moments[len(moments)-1]
		f := last.before.clone()
		require.NoError(t, f.advance(last.step, last.result))
		f.Log = honestRun.prover.follower.Log
		var polys []*Polynomial
		for _, p := range honestRun.prover.polynomials() {
			polys = append(polys, &Polynomial{Values: slices.Clone(p.Values), Blind: p.Blind})
		}
		ctx := context.Background()
		q, err := NewSettlementRun(ctx, f, r.key, r.model, SettlementSeeds{Weights: runSeed, Mask: runSeed}, polys)
		require.NoError(t, err)
		for {
			before := f.clone()
			step, done, err := q.Next(ctx)
			require.NoError(t, err)
			s.before = append(s.before, before)
			if done {
				break
			}
			s.steps = append(s.steps, step)
		}
		s.run = q
	})
	require.NotEmpty(t, s.steps)
	return s.steps, s.before
}

// TestSettleSteps settles a run step by step: another follower takes the same way, and
// at the end every running claim is that of its polynomial, the weights' included.
func TestSettleSteps(t *testing.T) {
	r, _ := runMoments(t)
	steps, before := settleSteps(t)
	f := before[0].clone()
	for i, s := range steps {
		require.Equal(t, before[i].State, f.State, "step %d", i)
		require.NoError(t, f.Settle(s), "step %d, %s", i, before[i].State.Phase)
	}
	z := &f.State
	require.Equal(t, Settled, z.Phase)
	require.ErrorIs(t, f.Settle(steps[0]), ErrSettlement)
	for i, o := range z.slots() {
		p := settledRun.run.Running[i]
		require.Equal(t, commitTo(t, r.key, p.Values, p.Blind), o.Commitment, "running claim %d", i)
		require.Equal(t, poly.Eval(p.Values, o.Point), o.Value, "running claim %d", i)
	}
	var zero fr.Element
	for _, x := range []fr.Element{z.Claims, z.CachePrev, z.Model, z.Settle.Mix, z.Settle.At, z.Settle.Omega} {
		require.Equal(t, zero, x)
	}
	require.Zero(t, z.Next)
}

// settleAttempt is a step of the settlement as a forger makes it.
func settleAttempt(before *Follower, s *SettleStep) *attempt {
	f := before.clone()
	f.Context = func([]fr.Element) fr.Element { return fr.Element{} }
	a := &attempt{z: f.vector(&f.State), in: f.settlingAdvice(s), left: &verified[fr.Element]{}}
	a.left.Cells.Point, a.left.Cache.Point = make([]fr.Element, slotPoint), make([]fr.Element, slotPoint)
	a.settles = func(tr *transition[fr.Element]) {
		a.in.Points = limbsOfPoints(f.foldedPoints(s, tr.number(tr.settling.rho)))
	}
	return a
}
