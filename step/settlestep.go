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

// SettleStep is one step of a settlement. Which fields it has follows from the phase
// that it is in; at a pass's end it is one of sums.
type SettleStep struct {
	// Sums: the rounds; of the first the total, of the last the chains of the
	// segments' values.
	Rounds               poly.Proof[fr.Element]
	Total                fr.Element
	OmegaBody, OmegaHead fr.Element

	// Both readings: the point of the sumcheck, c coordinates of the columns first,
	// and the values at it of all segments of the records that the step opens.
	Point  []fr.Element
	Omegas [][]fr.Element

	// The second reading: the claims of a step of the run, of a pass of 2^Bits tokens
	// at Start, and what follows at a pass's end.
	Claims         argument.WeightClaims[fr.Element]
	Start, Bits    int
	ToHead, Finish bool

	// The third reading and the masks: what is folded into a running claim, five
	// points, and of masks what their polynomials are at the claim's point.
	Points [weights.ChunkPoints]bn254.G1Affine
	Values [weights.ChunkPoints]fr.Element

	// The last mask: what the token chains are sealed with.
	Salts TokenSalts
}

// settleKind is the kind of the next step, if it is one of a settlement.
func (z *State) settleKind() relation.Kind {
	if z.Phase == relation.Embed {
		return relation.Sums
	}
	return z.Phase
}

// checkPlace refuses a state that no step leads to, such as a file may have.
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

// check compares the step's lengths with those of its kind.
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

// settlingAdvice computes the advice on the next step of a settlement.
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

// settlingRecords opens the records that a step of a reading does, and says which
// part of one or which claim the step is about.
func (f *StateTracker) settlingRecords(a *transitionAdvice[fr.Element]) {
	p, z := f.Params, &f.State
	open := func(i, record int) {
		copy(a.Constants[i], p.Model.Records[record].Constants.Elements())
		a.Chains[i] = p.chains[record]
	}
	switch z.Phase {
	case relation.RereadEmbed, relation.RereadBlock, relation.RereadHead:
		from, n := p.Model.StepRecords(z.Phase-relation.RereadEmbed, z.Group*p.Blocks, p.Blocks)
		for i := range n {
			open(i, from+i)
		}
	case relation.Weigh:
		open(0, z.Group)
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

// Settle checks a step of a settlement and takes the state on. Errors wrap
// ErrSettlement.
func (f *StateTracker) Settle(s *SettleStep) error {
	_, err := f.settleStep(s)
	return err
}

// settledStep is what a step of a settlement was checked with.
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

// foldedPoints are the points of a step of a settlement: what it folds, and the
// running claim before and after, infinity in steps that fold nothing.
func (f *StateTracker) foldedPoints(s *SettleStep, rho fr.Element) (points [numPoints]bn254.G1Affine) {
	copy(points[pointW:], s.Points[:])
	if slot, folds := f.masked(); folds {
		points[pointCells] = f.State.slots()[slot].Commitment
	}
	points[pointCellsAfter] = argument.Horner(rho, points[pointCells], s.Points[:]...)
	return points
}

// replace gives a running claim another commitment and value.
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

// SettleWitness takes a tracker over a step of a settlement, and returns what the
// circuit reads for it.
func (f *Function) SettleWitness(g *StateTracker, s *SettleStep) (*FunctionWitness, error) {
	out, err := g.settleStep(s)
	if err != nil {
		return nil, err
	}
	return f.settled(g, out), nil
}

// settled is what the circuit reads for a step of a settlement that has been made.
func (f *Function) settled(g *StateTracker, out *settledStep) *FunctionWitness {
	w := &FunctionWitness{Rho: out.rho, Points: out.points, Z: g.Elements(&g.State)}
	w.Advice = append(adviceOf(out.in, &out.points), make([]fr.Element, f.messages)...)
	return w
}

// SettleNext makes the next step of a settlement, as SettlementRun.Next does, and returns
// what the circuit reads for it; nil says that the run is settled.
func (f *Function) SettleNext(ctx context.Context, q *SettlementRun) (*FunctionWitness, error) {
	_, out, done, err := q.next(ctx)
	if err != nil || done {
		return nil, err
	}
	return f.settled(q.tracker, out), nil
}
