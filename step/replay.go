package step

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/kernel"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
)

// Restore advances the prover over a step that was proven before, without folding its
// polynomials into the running ones. It serves for the steps before a snapshot. after is the
// state after the step. Restore does not verify after: the caller must have kept its bytes
// intact.
func (q *RunProver) Restore(s *Step, t *ReplayData, after *State) error {
	if err := q.restore(s, t, after); err != nil {
		return fmt.Errorf("step: restoring %s at position %d, group %d: %w", q.State().Phase, q.State().Start,
			q.State().Group, err)
	}
	return nil
}

func (q *RunProver) restore(s *Step, t *ReplayData, after *State) error {
	f, z := q.tracker, &q.tracker.State
	if err := q.restoreCache(t.KV); err != nil {
		return err
	}
	class, err := f.classOf(s)
	if err != nil {
		return err
	}
	g := f.geometry(s)
	f.Log.Steps = append(f.Log.Steps, *f.claimsOf(&g, &t.Claims))
	q.hold(class, t)
	*z, q.x = *after, nil // stream computes the residual stream again if it is needed
	if z.Phase == relation.Embed {
		q.input = fr.Element{}
	}
	return nil
}

// restoreCache writes a step's keys and values into the model's cache.
func (q *RunProver) restoreCache(kv []int16) error {
	z := &q.tracker.State
	if z.Phase != relation.Block {
		if len(kv) != 0 {
			return fmt.Errorf("%d keys and values of a step without any", len(kv))
		}
		return nil
	}
	n := q.model.Config.KVDim() << z.Bits
	if len(kv) != 2*n*q.tracker.Blocks {
		return fmt.Errorf("%d keys and values, expected %d", len(kv), 2*n*q.tracker.Blocks)
	}
	for i := range q.tracker.Blocks {
		layer := kv[2*n*i:][:2*n]
		if err := q.session.Restore(z.Group*q.tracker.Blocks+i, z.Start, layer[:n], layer[n:]); err != nil {
			return err
		}
	}
	return nil
}

// Replay advances the prover over a step that was proven before, like Restore, and also folds
// the step's polynomials into the running ones. It computes the polynomials from the model and
// the challenges in t. Check must be called at the end: it compares the running polynomials
// with their commitments.
func (q *RunProver) Replay(s *Step, t *ReplayData, after *State) error {
	if err := q.replay(s, t, after); err != nil {
		return fmt.Errorf("step: replaying %s at position %d, group %d: %w", q.State().Phase, q.State().Start,
			q.State().Group, err)
	}
	return nil
}

func (q *RunProver) replay(s *Step, t *ReplayData, after *State) error {
	z := &q.tracker.State
	if err := q.run(s); err != nil {
		return err
	}
	if z.Phase == relation.Head && s.Next != q.chosen() {
		return fmt.Errorf("%w: the model chooses token %d, the step says %d", ErrRun, q.chosen(), s.Next)
	}
	k, err := q.prepare(s)
	if err != nil {
		return err
	}
	if err := q.prover.Refold(k.argument, k.statement, k.witness, k.model, &t.Open, k.secrets); err != nil {
		return err
	}
	q.refolded[k.class] = true
	if z.Phase == relation.Block {
		q.refolded[len(q.running)] = true
	}
	return q.takeOver(k, z.Phase, s, t, after)
}

// takeOver advances prover and state over a step whose result is known. It returns an error if
// the new state differs from after.
func (q *RunProver) takeOver(k *task, kind relation.Kind, s *Step, t *ReplayData, after *State) error {
	r := &argument.Result{
		Output: after.Stream, Cache: t.Point, Weights: t.Claims,
		Running: [2]argument.CommittedClaim{after.Cells[k.class], after.Cache},
	}
	if err := s.check(kind); err != nil {
		return err
	}
	if err := q.take(k, s, r, t); err != nil {
		return err
	}
	if string(q.tracker.EncodeState(&q.tracker.State)) != string(q.tracker.EncodeState(after)) {
		return fmt.Errorf("%w: the step leads to another state than the one after it", ErrRun)
	}
	return nil
}

// Check checks that the running polynomials that Replay has changed are those of the running
// claims: it commits to a random combination of the polynomials and compares with the same
// combination of the claims' commitments. A wrong polynomial passes with a probability below
// 2^-100. The error wraps ErrRun if the commitments differ.
func (q *RunProver) Check() error {
	var weight, blind fr.Element
	if _, err := weight.SetRandom(); err != nil {
		return err
	}
	acc := q.key.NewAccumulator()
	var points []bn254.G1Affine
	var powers, sum fr.Vector
	open, factor := q.State().open(), fr.One()
	for i, p := range q.polynomials() {
		if !q.refolded[i] {
			continue
		}
		sum = addScaled(sum, p.Values, &factor)
		var b fr.Element
		blind.Add(&blind, b.Mul(&p.Blind, &factor))
		points, powers = append(points, open[i].Commitment), append(powers, factor)
		factor.Mul(&factor, &weight)
	}
	if len(points) == 0 {
		return nil
	}
	if err := acc.AddElements(0, sum); err != nil {
		return err
	}
	acc.AddBlind(&blind)
	want, err := commit.MSM(points, powers)
	if err != nil {
		return err
	}
	if have := acc.Commitment(); !have.Equal(&want) {
		return fmt.Errorf("%w: the running polynomials are not those that are committed to", ErrRun)
	}
	clear(q.refolded)
	return nil
}

// addScaled returns sum plus factor times v. It lengthens sum if v is longer.
func addScaled(sum, v fr.Vector, factor *fr.Element) fr.Vector {
	if n := len(v) - len(sum); n > 0 {
		sum = append(sum, make(fr.Vector, n)...)
	}
	kernel.For(len(v), relation.ParallelGrain, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			if !v[i].IsZero() {
				var e fr.Element
				sum[i].Add(&sum[i], e.Mul(&v[i], factor))
			}
		}
	})
	return sum
}
