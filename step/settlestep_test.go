package step

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/arith/arithtest"
	"fold.example/fold/internal/commit/committest"
	"fold.example/fold/internal/poly"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
)

// settledRun is the settlement of the honest run, step by step.
var settledRun = struct {
	sync.Once
	steps  []*SettleStep
	before []*StateTracker // before each step, and after the last
	run    *SettlementRun
}{}

func settleSteps(t testing.TB) ([]*SettleStep, []*StateTracker) {
	r, moments := runMoments(t)
	s := &settledRun
	s.Do(func() {
		last := moments[len(moments)-1]
		f := last.before.clone()
		require.NoError(t, f.advance(last.step, last.result))
		f.Log = honestRun.prover.tracker.Log
		var polys []*argument.Polynomial
		for _, p := range honestRun.prover.polynomials() {
			polys = append(polys, &argument.Polynomial{Values: slices.Clone(p.Values), Blind: p.Blind})
		}
		ctx := context.Background()
		q, err := NewSettlementRun(f, r.key, r.model, r.weights, polys)
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

// TestSettleSteps settles a run step by step. Another tracker goes through the same states,
// and at the end every running claim is true for its polynomial, including the claim on the
// weights.
func TestSettleSteps(t *testing.T) {
	r, _ := runMoments(t)
	steps, before := settleSteps(t)
	f := before[0].clone()
	for i, s := range steps {
		require.Equal(t, before[i].State, f.State, "step %d", i)
		require.NoError(t, f.Settle(s), "step %d, %s", i, before[i].State.Phase)
	}
	z := &f.State
	require.Equal(t, relation.Settled, z.Phase)
	require.ErrorIs(t, f.Settle(steps[0]), ErrSettlement)
	for i, o := range z.slots() {
		p := settledRun.run.Running[i]
		require.Equal(t, committest.Commit(t, r.key, p.Values, p.Blind), o.Commitment, "running claim %d", i)
		require.Equal(t, poly.Eval(p.Values, o.Point), o.Value, "running claim %d", i)
	}
	var zero fr.Element
	for _, x := range []fr.Element{z.Claims, z.CachePrev, z.Model, z.Settle.Mix, z.Settle.At, z.Settle.Omega} {
		require.Equal(t, zero, x)
	}
	require.Zero(t, z.Next)
}

// settleAttempt returns a step of the settlement as a forger makes it.
func settleAttempt(before *StateTracker, s *SettleStep) *attempt {
	f := before.clone()
	a := &attempt{p: f.Params, z: f.vector(&f.State), in: f.settlingAdvice(s), left: &verified[fr.Element]{},
		of: f.context()}
	a.left.Weights = newSettleAdvice[fr.Element](f.Params).Read
	a.left.Cells.Point, a.left.Cache.Point = make([]fr.Element, argument.ClaimVars),
		make([]fr.Element, argument.ClaimVars)
	a.settles = func(tr *transition[fr.Element]) {
		a.in.Points = limbsOfPoints(f.foldedPoints(s, tr.number(tr.settling.rho)))
	}
	return a
}

// TestSettleStepsAgree: for every step of the settlement, the circuit has the tracker's next
// state.
func TestSettleStepsAgree(t *testing.T) {
	steps, before := settleSteps(t)
	c := transitionCircuit(t)
	kinds := map[relation.Kind]int{}
	for i, s := range steps {
		kinds[before[i].State.settleKind()]++
		a := settleAttempt(before[i], s)
		require.NoError(t, a.try(t, c), "step %d, %s", i, before[i].State.Phase)
		next, err := a.next(c.f.p)
		require.NoError(t, err)
		require.Equal(t, before[i+1].Elements(&before[i+1].State), flatten(next))
	}
	require.Len(t, kinds, int(relation.Settled-relation.Sums))
	t.Log(kinds)
}

// clone returns a copy of a step with its own lists.
func (s *SettleStep) clone() *SettleStep {
	c := *s
	c.Rounds, c.Omegas = nil, nil
	for _, r := range s.Rounds {
		c.Rounds = append(c.Rounds, slices.Clone(r))
	}
	for _, v := range s.Omegas {
		c.Omegas = append(c.Omegas, slices.Clone(v))
	}
	c.Point = slices.Clone(s.Point)
	c.Claims.Coordinates, c.Claims.Values = slices.Clone(s.Claims.Coordinates), slices.Clone(s.Claims.Values)
	return &c
}

// Indices of steps in the settlement of the honest run: two steps of sums; the second reading
// of two passes, each of embed, two groups and head; ten steps of the third reading; four
// masks.
const (
	settleSums   = 0
	settleRead   = 2
	settleSecond = 6
	settleWeigh  = 10
	settleMask   = 20
)

// TestSettleStepForgeries alters steps of a settlement, their order, and the steps after them.
// Tracker and circuit refuse each forgery at the same step.
func TestSettleStepForgeries(t *testing.T) {
	honest, before := settleSteps(t)
	c := transitionCircuit(t)
	require.Len(t, honest, settleMask+4)
	step := func(at int, alter func(s *SettleStep)) func([]*SettleStep) []*SettleStep {
		return func(all []*SettleStep) []*SettleStep {
			all[at] = all[at].clone()
			alter(all[at])
			return all
		}
	}
	for name, forgery := range map[string]struct {
		alter  func([]*SettleStep) []*SettleStep
		reason string
	}{
		"reading truncated": {func(all []*SettleStep) []*SettleStep {
			all[settleRead+3] = all[settleRead+3].clone()
			all[settleRead+3].Finish = true
			return slices.Delete(all, settleRead+4, settleSecond+4)
		}, "add up to the"},
		"a pass read twice": {func(all []*SettleStep) []*SettleStep {
			return slices.Insert(all, settleSecond, all[settleRead:settleSecond]...)
		}, "add up to the"},
		"passes swapped": {func(all []*SettleStep) []*SettleStep {
			first, second := all[settleSecond].clone(), all[settleSecond+3].clone()
			second.Finish = false
			last := all[settleSecond-1].clone()
			last.Finish = true
			return slices.Concat(all[:settleRead],
				[]*SettleStep{first, all[7], all[8], second, all[2], all[3], all[4], last},
				all[settleWeigh:])
		}, "add up to the"},
		"head not read": {func(all []*SettleStep) []*SettleStep {
			all[settleRead+2] = all[settleRead+2].clone()
			all[settleRead+2].ToHead = false
			return slices.Delete(all, settleRead+3, settleRead+4)
		}, "add up to the"},
		"layers swapped": {func(all []*SettleStep) []*SettleStep {
			all[settleRead+1], all[settleRead+2] = all[settleRead+2].clone(), all[settleRead+1].clone()
			all[settleRead+1].ToHead, all[settleRead+2].ToHead = false, true
			return all
		}, "segments are those named"},
		"claims of another layer": {func(all []*SettleStep) []*SettleStep {
			a, b := all[settleRead+1].clone(), all[settleRead+2].clone()
			a.Claims, b.Claims = b.Claims, a.Claims
			all[settleRead+1], all[settleRead+2] = a, b
			return all
		}, "add up to the"},
		"a value read differently": {step(settleSecond+1, func(s *SettleStep) { arithtest.Bump(&s.Claims.Values[0]) }),
			"add up to the"},
		"a point read differently": {step(settleSecond+1,
			func(s *SettleStep) { arithtest.Bump(&s.Claims.Coordinates[0]) }), "add up to the"},
		"another total": {step(settleSums, func(s *SettleStep) { arithtest.Bump(&s.Total) }),
			"the point is that"},
		"a round altered": {step(settleSums+1, func(s *SettleStep) { arithtest.Bump(&s.Rounds[9][1]) }),
			"the point is that"},
		"another point": {step(settleRead, func(s *SettleStep) { arithtest.Bump(&s.Point[3]) }),
			"the point is that"},
		"another point weighed": {step(settleWeigh, func(s *SettleStep) { arithtest.Bump(&s.Point[3]) }),
			"the point is that"},
		"other omegas named": {step(settleSums+1, func(s *SettleStep) { arithtest.Bump(&s.OmegaBody) }),
			"segments are those named"},
		"other head's omegas named": {step(settleSums+1, func(s *SettleStep) { arithtest.Bump(&s.OmegaHead) }),
			"head's segments"},
		"other omegas, second pass": {step(settleSecond+1, func(s *SettleStep) { arithtest.Bump(&s.Omegas[0][2]) }),
			"segments are those named"},
		"head's omegas, second pass": {step(settleSecond+3, func(s *SettleStep) { arithtest.Bump(&s.Omegas[0][0]) }),
			"head's segments"},
		"reading never ends": {step(settleSecond+3, func(s *SettleStep) { s.Finish = false }), "claims of a step"},
		"ends within a pass": {step(settleRead+1, func(s *SettleStep) { s.Finish = true }), "at a pass's end"},
		"head within a pass": {step(settleRead+1, func(s *SettleStep) { s.ToHead = true }), "after the blocks"},
		"two things follow":  {step(settleSecond+2, func(s *SettleStep) { s.Finish = true }), "one thing"},
		"other omegas weighed": {step(settleWeigh, func(s *SettleStep) { arithtest.Bump(&s.Omegas[0][0]) }),
			"all segments are those named"},
		"omegas change in a record": {step(settleWeigh+2, func(s *SettleStep) { arithtest.Bump(&s.Omegas[0][0]) }),
			"record's segments stay"},
		"head's omegas weighed": {step(settleMask-1, func(s *SettleStep) { arithtest.Bump(&s.Omegas[0][0]) }),
			"head's segments"},
		"another commitment": {step(settleWeigh+1,
			func(s *SettleStep) { s.Points[0], s.Points[1] = s.Points[1], s.Points[0] }), "those weighed"},
		"a commitment left out": {step(settleWeigh, func(s *SettleStep) { s.Points[0].SetInfinity() }),
			"those weighed"},
		"a part weighed twice": {func(all []*SettleStep) []*SettleStep {
			return slices.Insert(all, settleWeigh+1, all[settleWeigh+1])
		}, ""},
		"a part left out": {func(all []*SettleStep) []*SettleStep {
			return slices.Delete(all, settleWeigh+1,
				settleWeigh+2)
		}, ""},
		"steps of sums left out": {func(all []*SettleStep) []*SettleStep { return all[1:] }, ""},
		"masks left out":         {func(all []*SettleStep) []*SettleStep { return all[:len(all)-1] }, "lengths"},
		"settled twice": {func(all []*SettleStep) []*SettleStep { return append(all, all[len(all)-1]) },
			"phase settled"},
	} {
		t.Run(name, func(t *testing.T) {
			f := before[0].clone()
			var err error
			for _, s := range forgery.alter(slices.Clone(honest)) {
				was := f.clone()
				if err = f.Settle(s); err != nil {
					require.ErrorIs(t, err, ErrSettlement)
					if was.checkPlace(&was.State) == nil && s.check(was.Params, was.State.settleKind()) == nil {
						require.Error(t, settleAttempt(was, s).try(t, c))
					}
					break
				}
			}
			if err == nil { // no rule is broken, but the run is not settled
				require.Equal(t, "lengths", forgery.reason)
				require.NotEqual(t, relation.Settled, f.State.Phase)
				return
			}
			require.ErrorContains(t, err, forgery.reason)
		})
	}
}

// TestSumsAreBound: the challenges of the sumcheck are drawn from the state, the total and
// every coefficient of the earlier rounds. If any of them is altered, the point changes.
func TestSumsAreBound(t *testing.T) {
	steps, before := settleSteps(t)
	chain := func(i int, alter func(f *StateTracker, s *SettleStep)) (at, mix fr.Element) {
		f, s := before[i].clone(), steps[i].clone()
		alter(f, s)
		require.NoError(t, f.Settle(s))
		return f.State.Settle.At, f.State.Settle.Mix
	}
	for i := settleSums; i < settleRead; i++ {
		honest, mix := chain(i, func(*StateTracker, *SettleStep) {})
		for r := range steps[i].Rounds {
			for k := range steps[i].Rounds[r] {
				at, _ := chain(i, func(_ *StateTracker, s *SettleStep) { arithtest.Bump(&s.Rounds[r][k]) })
				require.NotEqual(t, honest, at, "step %d, round %d, coefficient %d", i, r, k)
			}
		}
		at, other := chain(i, func(f *StateTracker, _ *SettleStep) { arithtest.Bump(&f.State.CacheRead) })
		require.NotEqual(t, honest, at)
		if i == settleSums {
			require.NotEqual(t, mix, other)
			at, _ = chain(i, func(_ *StateTracker, s *SettleStep) { arithtest.Bump(&s.Total) })
			require.NotEqual(t, honest, at)
		} else {
			require.Equal(t, mix, other, "it is drawn once")
		}
	}
}

// TestSettlementIsFinal: after a settlement has begun there is no pass, and a run that has not
// chosen a token has no settlement.
func TestSettlementIsFinal(t *testing.T) {
	r, moments := runMoments(t)
	steps, before := settleSteps(t)
	c := transitionCircuit(t)
	for i := range steps[1:] {
		f := before[i+1].clone()
		require.ErrorIs(t, f.Verify(moments[secondEmbed].step), ErrRun)
		a := moments[secondEmbed].attempt(t)
		a.z.Phase = f.vector(&f.State).Phase
		require.Error(t, a.try(t, c))
	}
	f := r.protocol.Track(2)
	require.ErrorIs(t, f.Settle(steps[0]), ErrSettlement)
	require.ErrorContains(t, settleAttempt(f, steps[0]).try(t, c), "has chosen")
}

// TestSettleStateForgeries alters one element of the state before a step at a time. A
// constraint of the step refuses each of these states.
func TestSettleStateForgeries(t *testing.T) {
	steps, before := settleSteps(t)
	c := transitionCircuit(t)
	const finish, lastHead = settleWeigh - 1, settleMask - 1
	for name, forgery := range map[string]struct {
		at     int
		alter  func(z *stateVector[fr.Element])
		reason string
	}{
		"claims read": {finish, func(z *stateVector[fr.Element]) { arithtest.Bump(&z.Settle.Reread) },
			"those of the run"},
		"claims of the run": {finish, func(z *stateVector[fr.Element]) { arithtest.Bump(&z.Claims) },
			"those of the run"},
		"total": {finish, func(z *stateVector[fr.Element]) { arithtest.Bump(&z.Settle.Total) },
			"add up to the total"},
		"value": {finish, func(z *stateVector[fr.Element]) { arithtest.Bump(&z.Settle.Value) },
			"add up to the segments"},
		"power": {finish, func(z *stateVector[fr.Element]) { arithtest.Bump(&z.Settle.Power) }, "add up to the"},
		"point": {finish, func(z *stateVector[fr.Element]) { arithtest.Bump(&z.Settle.At) }, "the point is that"},
		"head":  {finish, func(z *stateVector[fr.Element]) { arithtest.Bump(&z.Head) }, "head's record"},
		"head's omegas": {finish, func(z *stateVector[fr.Element]) { arithtest.Bump(&z.Settle.OmegaHead) },
			"head's segments"},
		"omegas read": {finish - 1, func(z *stateVector[fr.Element]) { arithtest.Bump(&z.Settle.Omega) },
			"segments are those named"},
		"records read": {finish - 1, func(z *stateVector[fr.Element]) { arithtest.Bump(&z.Model) },
			"reading opened the model's records"},
		"group": {finish - 1, func(z *stateVector[fr.Element]) { z.Group.SetZero() }, "group is the last"},
		"commitments": {lastHead, func(z *stateVector[fr.Element]) { arithtest.Bump(&z.Settle.Points) },
			"those weighed"},
		"records weighed": {lastHead, func(z *stateVector[fr.Element]) { arithtest.Bump(&z.Model) }, "records weighed"},
		"omegas weighed": {lastHead, func(z *stateVector[fr.Element]) { arithtest.Bump(&z.Settle.Omega) },
			"all segments are those named"},
		"omegas of a part": {settleWeigh + 2, func(z *stateVector[fr.Element]) { arithtest.Bump(&z.Settle.Pending) },
			"record's segments stay"},
		"part": {settleWeigh + 2, func(z *stateVector[fr.Element]) { arithtest.Bump(&z.Settle.Chunk) },
			"in order"},
		"record": {settleWeigh, func(z *stateVector[fr.Element]) { arithtest.Bump(&z.Group) },
			"record is the embedding's"},
		"weights' claim": {settleWeigh + 2,
			func(z *stateVector[fr.Element]) { arithtest.Bump(&z.Slots[len(z.Slots)-1]) },
			"running claim"},
		"claim masked": {settleMask + 1, func(z *stateVector[fr.Element]) { arithtest.Bump(&z.Slots[1]) },
			"running claim"},
		"claim skipped": {settleMask + 1, func(z *stateVector[fr.Element]) { arithtest.Bump(&z.Group) }, ""},
		"phase": {settleMask,
			func(z *stateVector[fr.Element]) { z.Phase = fr.NewElement(uint64(relation.Settled)) }, "state's phase"},
		"no token chosen": {settleSums, func(z *stateVector[fr.Element]) { z.Start.SetZero() }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := settleAttempt(before[forgery.at], steps[forgery.at])
			forgery.alter(a.z)
			require.ErrorContains(t, a.try(t, c), forgery.reason)
		})
	}
}
