package step

import (
	"fmt"
	"slices"

	"fold.example/fold/step/relation"
	"fold.example/fold/step/settlement"
	"fold.example/fold/step/weights"
)

// roundsAStep is the number of rounds of the sumcheck in one step of a settlement. With the
// chain of the point they fill one block of the wide permutation.
const roundsAStep = 10

// settlePlan has the sizes of a settlement, which follow from the parameters alone. The point
// s of the sumcheck is (s_x, s_y): c coordinates of the columns, then the coordinates of
// (block, row). The number of the latter is rounded up so that the rounds fill whole steps; a
// tensor with fewer variables joins late (package settlement).
type settlePlan struct {
	columns int // c
	outer   int // number of coordinates of s_y
	rows    int // largest number of variables of a segment among the coordinates of s_y
	steps   int // steps of the sumcheck
	kinds   [relation.Head + 1]settleRecord
	values  int // segments of the largest record, rounded up to a multiple of ChunkPoints
	chunks  int // steps of the third reading for that record
}

// settleRecord describes the records that a kind of step opens.
type settleRecord struct {
	tensors []settleTensor // the tensors of one record
	claims  []settleClaim  // the claims that a step leaves, in order
	powers  int            // powers of rho: one for each claim and each record that the claim is on
	chunks  int
}

// settleTensor is a tensor of a record. Its segments are numbered from first in the record.
type settleTensor struct {
	weights.WeightTensor
	first, segments int
	segmentVars     int
}

// settleClaim has the tensor of a claim, and which of the step's records it is a claim on.
type settleClaim struct {
	records []int
	tensor  int
}

// planSettlement computes the plan.
func (p *Params) planSettlement() error {
	shape, err := p.Model.Description.WholeShape()
	if err != nil {
		return err
	}
	l, q := p.Model.Layout, &p.settle
	q.columns = l.ColumnBits
	largest := 0
	for _, t := range settlement.Tensors(shape, l) {
		largest = max(largest, t.Vars()-q.columns)
	}
	q.rows = min(l.SegmentBits-q.columns, largest)
	q.steps = (q.columns + largest + roundsAStep - 1) / roundsAStep
	q.outer = q.steps*roundsAStep - q.columns
	for kind, record := range []int{weights.EmbedRecord, weights.BlockRecord(0), weights.HeadRecord(shape.Config)} {
		k := &q.kinds[kind]
		next := 0
		for _, t := range l.TensorsOf(shape, record) {
			n := t.Segments(l)
			k.tensors = append(k.tensors, settleTensor{t, next, n, t.SegmentVars(l)})
			next += n
		}
		k.chunks = (next + weights.ChunkPoints - 1) / weights.ChunkPoints
		q.values, q.chunks = max(q.values, next), max(q.chunks, k.chunks)
		if err := p.planClaims(relation.Kind(kind)); err != nil {
			return err
		}
	}
	q.values = q.chunks * weights.ChunkPoints
	return nil
}

// planClaims finds the tensors of the claims that a kind of step leaves. The layout of the
// arguments lists these claims; they are the same for all size classes.
func (p *Params) planClaims(kind relation.Kind) error {
	k := &p.settle.kinds[kind]
	for _, c := range p.frame().Settled[kind] {
		records, name, err := recordsOf(kind, c.Name, p.Blocks)
		if err != nil {
			return err
		}
		t := slices.IndexFunc(k.tensors, func(t settleTensor) bool { return t.Name == name })
		if t < 0 {
			return fmt.Errorf("step: a claim on %q, which no record has", c.Name)
		}
		k.claims = append(k.claims, settleClaim{records, t})
		k.powers += len(records)
	}
	return nil
}

// powers returns the largest number of powers of rho for the claims of one step.
func (q *settlePlan) powers() (n int) {
	for i := range q.kinds {
		n = max(n, q.kinds[i].powers)
	}
	return n
}

// weightPoint returns the point of the settled claim: the last coordinates of s_y, as many as
// the largest segment has, then s_x.
func weightPoint[E any](q *settlePlan, s []E) []E {
	return append(append([]E{}, s[len(s)-q.rows:]...), s[:q.columns]...)
}
