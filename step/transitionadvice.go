package step

import (
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/bitlen"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// transitionAdvice is the input of a transition besides the state: the prover's choices, and
// values that are cheaper to check than to compute. visit does not cover the points, which a
// circuit computes from its own limbs.
type transitionAdvice[E any] struct {
	Phase  []E // [phase], 1 for the state's phase
	Settle E   // 1 if the settlement begins with this step

	Below  []E // [b], 1 if b < j
	Start  []E // bits of the start of the pass
	Room   []E // bits of the number of positions after the pass
	Past   []E // [token], 1 if its position is the prompt's last one or after it
	Excess []E // bits of the distance from the window to the prompt's last position

	DistanceInverse, GroupInverse E // inverses that show that a number is not zero

	Tokens [][]E // [token][bit], zero for dead tokens
	Next   []E   // bits of the token that a head chooses

	constantAdvice[E]
	Chains []E // [record], chain of the record's commitments

	Cells, Cache argument.EvalClaim[E] // the running claims that the step changes
	Points       [numPoints]argument.Limbs[E]

	settleAdvice[E]
}

// visit visits all elements except the points.
func (a *transitionAdvice[E]) visit(f func(*E)) {
	visitAll(f, a.Phase)
	f(&a.Settle)
	visitAll(f, a.Below, a.Start, a.Room, a.Past, a.Excess)
	f(&a.DistanceInverse)
	f(&a.GroupInverse)
	visitAll(f, a.Tokens...)
	visitAll(f, a.Next)
	a.constantAdvice.visit(f)
	visitAll(f, a.Chains)
	for _, r := range []*argument.EvalClaim[E]{&a.Cells, &a.Cache} {
		visitAll(f, r.Point)
		f(&r.Value)
	}
	a.settleAdvice.visit(f)
}

// newTransitionAdvice returns zero advice with the lengths that p gives.
func newTransitionAdvice[E any](p *Params) *transitionAdvice[E] {
	list := func(n int) []E { return make([]E, n) }
	bits := p.passBits()
	a := &transitionAdvice[E]{
		Phase: list(int(relation.Settled)), Below: list(bits), Start: list(p.PositionBits),
		Room: list(bitlen.Ceil(p.positions() + 1)),
		Past: list(1 << bits), Excess: list(p.PositionBits + 1), Next: list(p.vocabBits()), Chains: list(p.Blocks),
		Cells:          argument.EvalClaim[E]{Point: list(argument.ClaimVars)},
		Cache:          argument.EvalClaim[E]{Point: list(argument.ClaimVars)},
		constantAdvice: newConstantAdvice[E](p), settleAdvice: newSettleAdvice[E](p),
	}
	for range 1 << bits {
		a.Tokens = append(a.Tokens, list(p.vocabBits()))
	}
	return a
}

// passAdvice returns the advice of the next step, a step of a pass with statement s. It sets
// only the points that are known before the step.
func (f *StateTracker) passAdvice(s *argument.Statement) *transitionAdvice[fr.Element] {
	p, z, g := f.Params, &f.State, &s.Geometry
	a := newTransitionAdvice[fr.Element](p)
	a.Phase[z.Phase].SetOne()
	for b := range a.Below {
		a.Below[b] = argument.Flag(b < g.Bits)
	}
	copy(a.Start, argument.Bits(g.Start, len(a.Start)))
	copy(a.Room, argument.Bits(p.positions()-g.Start-1<<g.Bits, len(a.Room)))
	p.layAdvice(z, a)
	for i, token := range g.Tokens {
		copy(a.Tokens[i], argument.Bits(token, len(a.Next)))
	}
	copy(a.Next, argument.Bits(g.Next, len(a.Next)))
	p.recordAdvice(z, a)
	a.Cells, a.Cache = s.Running[argument.AccumulatorCells].Extended(), s.Running[argument.AccumulatorCache].Extended()
	a.Points[pointCells] = transcript.PointLimbs(&s.Running[argument.AccumulatorCells].Commitment)
	a.Points[pointCache] = transcript.PointLimbs(&s.Running[argument.AccumulatorCache].Commitment)
	a.Points[pointInput] = transcript.PointLimbs(&s.Input)
	a.Points[pointCacheBefore] = transcript.PointLimbs(&s.Cache)
	return a
}

// stepPoints returns the points of a step of a pass, before and after the step.
func stepPoints(s *argument.Statement, c *argument.Commitments, r *argument.Result) [numPoints]bn254.G1Affine {
	return [numPoints]bn254.G1Affine{
		pointCells: s.Running[argument.AccumulatorCells].Commitment,
		pointW:     c.Cells, pointS: c.Outputs, pointH: c.Inverses, pointInput: s.Input, pointOutput: c.Output,
		pointCellsAfter:  r.Running[argument.AccumulatorCells].Commitment,
		pointCacheBefore: s.Cache, pointAdded: c.Added, pointCacheAfter: r.Cache,
		pointCache:           s.Running[argument.AccumulatorCache].Commitment,
		pointCacheClaimAfter: r.Running[argument.AccumulatorCache].Commitment,
	}
}

// limbsOfPoints returns the points as a transcript absorbs them.
func limbsOfPoints(points [numPoints]bn254.G1Affine) (limbs [numPoints]argument.Limbs[fr.Element]) {
	for i := range points {
		limbs[i] = transcript.PointLimbs(&points[i])
	}
	return limbs
}

// layAdvice sets the advice about the end of the prompt and about the group, which every kind
// of step reads.
func (p *Params) layAdvice(z *State, a *transitionAdvice[fr.Element]) {
	e := z.Prompt - 1 - z.Start
	m := min(max(e, 0), len(a.Past))
	for t := range a.Past {
		a.Past[t] = argument.Flag(t >= m)
	}
	copy(a.Excess, argument.Bits(max(e-m, m-e), len(a.Excess)))
	a.DistanceInverse = inverseOf(e)
	a.GroupInverse = inverseOf(z.Group - (p.groups() - 1))
	a.SumsInverse = inverseOf(z.Group - (p.settle.steps - 1))
	a.EmbedInverse = inverseOf(z.Group)
	a.HeadInverse = inverseOf(z.Group - weights.HeadRecord(p.Model.Description.Config))
}

// recordAdvice sets the advice about the records of a step and the constants of its blocks.
func (p *Params) recordAdvice(z *State, a *transitionAdvice[fr.Element]) {
	from, n := p.Model.StepRecords(z.Phase, z.Group*p.Blocks, p.Blocks)
	copy(a.Chains, p.chains[from:from+n])
	if z.Phase == relation.Block {
		p.setConstants(z.Group, &a.constantAdvice)
	}
}

// inverseOf returns 1/x, and 0 for x = 0.
func inverseOf(x int) (e fr.Element) {
	e.SetInt64(int64(x))
	return *e.Inverse(&e)
}
