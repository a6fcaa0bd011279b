package step

import (
	"context"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// SettleStep is one step of a settlement. The phase determines which fields it has. At the end
// of a pass, the step is of the phase of sums.
type SettleStep struct {
	// Sums: the rounds; in the first step the total; in the last step the chains of the
	// segments' values.
	Rounds               poly.Proof[fr.Element]
	Total                fr.Element
	OmegaBody, OmegaHead fr.Element

	// Second and third reading: the point of the sumcheck, c coordinates of the columns first,
	// and the values at this point of all segments of the records that the step opens.
	Point  []fr.Element
	Omegas [][]fr.Element

	// Second reading: the claims of one step of the run, which is a step of a pass of 2^Bits
	// tokens at Start. At the end of a pass, ToHead says that its head follows, and Finish
	// that the third reading follows.
	Claims         argument.WeightClaims[fr.Element]
	Start, Bits    int
	ToHead, Finish bool

	// Third reading and masks: the five points that are folded into a running claim. Masks:
	// the values of their polynomials at the claim's point.
	Points [weights.ChunkPoints]bn254.G1Affine
	Values [weights.ChunkPoints]fr.Element

	// Last mask: the salts of the token chains.
	Salts TokenSalts
}

// settleKind returns the kind of the next step of a settlement.
func (z *State) settleKind() relation.Kind {
	if z.Phase == relation.Embed {
		return relation.Sums
	}
	return z.Phase
}

// checkPlace refuses states that no step leads to. Such a state can come from a file.
func (p *Params) checkPlace(z *State) error {
	limit := map[relation.Kind]int{
		relation.Embed: 0, relation.Sums: p.settle.steps - 1, relation.RereadEmbed: 0,
		relation.RereadBlock: p.groups() - 1,
		relation.RereadHead:  p.groups(),
		relation.Weigh:       weights.HeadRecord(p.Model.Description.Config), relation.Mask: p.slotCount() - 1,
	}
	if top, ok := limit[z.Phase]; !ok || z.Group < 0 || z.Group > top {
		return fmt.Errorf("%w: step %d of a settlement in the phase %s", ErrSettlement, z.Group, z.Phase)
	}
	if chunk := z.Settle.Chunk; !chunk.IsUint64() || chunk.Uint64() >= uint64(p.settle.chunks) {
		return fmt.Errorf("%w: part %s of a record, expected at most %d", ErrSettlement, chunk.String(),
			p.settle.chunks-1)
	}
	return nil
}

// check checks the lengths of the step's lists for its kind, the ranges of Start and Bits, and
// that all points are on the curve.
func (s *SettleStep) check(p *Params, k relation.Kind) error {
	q := &p.settle
	want := map[string][2]int{"rounds": {len(s.Rounds), 0}, "coordinates": {len(s.Point), 0},
		"records": {len(s.Omegas), 0}, "claims": {len(s.Claims.Values), 0},
		"coordinates of claims": {len(s.Claims.Coordinates), 0}}
	expect := func(what string, n int) { want[what] = [2]int{want[what][0], n} }
	switch k {
	case relation.Sums:
		expect("rounds", roundsAStep)
	case relation.RereadEmbed, relation.RereadBlock, relation.RereadHead, relation.Weigh:
		expect("coordinates", q.columns+q.outer)
		expect("records", 1)
		if k == relation.RereadBlock {
			expect("records", p.Blocks)
		}
		if k != relation.Weigh {
			expect("claims", len(q.kinds[k-relation.RereadEmbed].claims))
			expect("coordinates of claims", len(p.frame().Coordinates))
		}
	case relation.Mask:
	default:
		return fmt.Errorf("%w: a step of a settlement in the phase %s", ErrSettlement, k)
	}
	for what, n := range want {
		if n[0] != n[1] {
			return fmt.Errorf("%w: %d %s of a step of %s, expected %d", ErrSettlement, n[0], what, k, n[1])
		}
	}
	if s.Start < 0 || s.Start>>p.PositionBits != 0 || s.Bits < 0 || s.Bits > p.passBits() {
		return fmt.Errorf("%w: the claims of a pass of 2^%d tokens at position %d", ErrSettlement, s.Bits, s.Start)
	}
	for i, r := range s.Rounds {
		if len(r) != 2 {
			return fmt.Errorf("%w: %d coefficients of round %d, expected 2", ErrSettlement, len(r), i)
		}
	}
	for i, v := range s.Omegas {
		if len(v) > q.values {
			return fmt.Errorf("%w: %d values of record %d, expected at most %d", ErrSettlement, len(v), i, q.values)
		}
	}
	for i := range s.Points {
		if !s.Points[i].IsOnCurve() {
			return fmt.Errorf("%w: point %d is not on the curve", ErrSettlement, i)
		}
	}
	return nil
}

// settlingAdvice returns the advice of the next step of a settlement.
func (f *StateTracker) settlingAdvice(s *SettleStep) *transitionAdvice[fr.Element] {
	p, z := f.Params, &f.State
	a := newTransitionAdvice[fr.Element](p)
	a.Phase[z.Phase].SetOne()
	a.Settle = argument.Flag(z.Phase == relation.Embed)
	p.layAdvice(z, a)
	in := &a.settleAdvice
	in.Total, in.OmegaBody, in.OmegaHead = s.Total, s.OmegaBody, s.OmegaHead
	for i, r := range s.Rounds {
		copy(in.Rounds[i], r)
	}
	copy(in.Point, s.Point)
	copy(in.Read.Coordinates, s.Claims.Coordinates)
	copy(in.Read.Values, s.Claims.Values)
	copy(in.ReadStart, argument.Bits(s.Start, len(in.ReadStart)))
	for b := range s.Bits {
		in.ReadBelow[b].SetOne()
	}
	for i, v := range s.Omegas {
		copy(in.Omegas[i], v)
	}
	in.ToHead, in.Finish = argument.Flag(s.ToHead), argument.Flag(s.Finish)
	in.Values = s.Values[:]
	in.SaltPrompt, in.SaltOutput = s.Salts.Prompt, s.Salts.Output
	for i := range s.Points {
		a.Points[pointW+i] = transcript.PointLimbs(&s.Points[i])
	}
	f.settlingRecords(a)
	if i, ok := f.masked(); ok {
		slots := z.slots()
		a.Cells, a.Points[pointCells] = slots[i].Extended(), transcript.PointLimbs(&slots[i].Commitment)
	}
	return a
}

// settlingRecords sets the advice about the records that a step opens, and the flag of the
// part of a record or of the running claim that the step handles.
func (f *StateTracker) settlingRecords(a *transitionAdvice[fr.Element]) {
	p, z := f.Params, &f.State
	switch z.Phase {
	case relation.RereadEmbed, relation.RereadBlock, relation.RereadHead:
		from, n := p.Model.StepRecords(z.Phase-relation.RereadEmbed, z.Group*p.Blocks, p.Blocks)
		copy(a.Chains, p.chains[from:from+n])
	case relation.Weigh:
		a.Chains[0] = p.chains[z.Group]
		a.Chunks[number(z.Settle.Chunk)].SetOne()
	case relation.Mask:
		a.Slots[z.Group].SetOne()
	}
}

// masked returns the number of the running claim that the next step of a settlement folds into.
func (f *StateTracker) masked() (slot int, ok bool) {
	switch f.State.Phase {
	case relation.Weigh:
		return f.slotCount() - 1, true
	case relation.Mask:
		return f.State.Group, true
	}
	return 0, false
}

// Settle checks a step of a settlement and advances the state. The error wraps ErrSettlement.
func (f *StateTracker) Settle(s *SettleStep) error {
	_, err := f.settleStep(s)
	return err
}

// settledStep is the data that a step of a settlement was checked with.
type settledStep struct {
	in     *transitionAdvice[fr.Element]
	rho    fr.Element
	points [numPoints]bn254.G1Affine
}

func (f *StateTracker) settleStep(s *SettleStep) (*settledStep, error) {
	z := &f.State
	if err := f.checkPlace(z); err != nil {
		return nil, err
	}
	if err := s.check(f.Params, z.settleKind()); err != nil {
		return nil, err
	}
	out := &settledStep{in: f.settlingAdvice(s)}
	t, m := f.transition(out.in)
	t.begin()
	if err := t.settle(f.context()); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSettlement, err)
	}
	out.rho = t.number(t.settling.rho)
	out.points = f.foldedPoints(s, out.rho)
	out.in.Points = limbsOfPoints(out.points)
	next := t.finish(&verified[fr.Element]{Cells: t.in.Cells, Cache: t.in.Cache,
		Weights: newSettleAdvice[fr.Element](f.Params).Read})
	if err := m.Err(); err != nil {
		return nil, fmt.Errorf("%w: %s, step %d: %w", ErrSettlement, z.settleKind(), z.Group, err)
	}
	if slot, folds := f.masked(); folds {
		z.replace(slot, out.points[pointCellsAfter], t.settling.folded)
	}
	f.follow(next)
	return out, nil
}

// foldedPoints returns the points of a step of a settlement: the points that it folds, and the
// running claim's commitment before and after. The latter are infinity in steps that fold
// nothing.
func (f *StateTracker) foldedPoints(s *SettleStep, rho fr.Element) (points [numPoints]bn254.G1Affine) {
	copy(points[pointW:], s.Points[:])
	if slot, folds := f.masked(); folds {
		points[pointCells] = f.State.slots()[slot].Commitment
	}
	points[pointCellsAfter] = argument.Horner(rho, points[pointCells], s.Points[:]...)
	return points
}

// replace sets the commitment, the point and the value of a running claim.
func (z *State) replace(slot int, c bn254.G1Affine, r argument.EvalClaim[fr.Element]) {
	o := &z.Weights
	switch n := len(z.Cells); {
	case slot < n:
		o = &z.Cells[slot]
	case slot == n:
		o = &z.Cache
	}
	*o = argument.CommittedClaim{
		Commitment: c,
		EvalClaim:  argument.EvalClaim[fr.Element]{Point: r.Point[len(r.Point)-len(o.Point):], Value: r.Value},
	}
}

// SettleWitness advances the tracker over a step of a settlement and returns the input of the
// circuit.
func (f *Function) SettleWitness(g *StateTracker, s *SettleStep) (*FunctionWitness, error) {
	out, err := g.settleStep(s)
	if err != nil {
		return nil, err
	}
	return f.settled(g, out), nil
}

// settled returns the input of the circuit for a step of a settlement that the tracker has
// made.
func (f *Function) settled(g *StateTracker, out *settledStep) *FunctionWitness {
	w := &FunctionWitness{Rho: out.rho, Points: out.points, Z: g.Elements(&g.State)}
	w.Advice = append(adviceOf(out.in, &out.points), make([]fr.Element, f.messages)...)
	return w
}

// SettleNext makes the next step of a settlement, like SettlementRun.Next, and returns the
// input of the circuit, nil if the run is already settled.
func (f *Function) SettleNext(ctx context.Context, q *SettlementRun) (*FunctionWitness, error) {
	_, out, done, err := q.next(ctx)
	if err != nil || done {
		return nil, err
	}
	return f.settled(q.tracker, out), nil
}
