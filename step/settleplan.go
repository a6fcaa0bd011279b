package step

import (
	"fmt"
	"slices"

	"fold.example/fold/step/relation"
	"fold.example/fold/step/settlement"
	"fold.example/fold/step/weights"
)

// roundsAStep is how many rounds of its sumcheck a step of a settlement makes: with
// the chain of the point they are one block of the wide permutation.
const roundsAStep = 10

// settlePlan is what the steps of a settlement derive from the protocol alone. The
// point s of the sumcheck is (s_x, s_y), c coordinates of the columns and then those
// of (block, row); there are as many of the latter as make the rounds fill steps, and
// a tensor with fewer joins late.
type settlePlan struct {
	columns int // c
	outer   int // variables of s_y
	rows    int // how many of its last coordinates a segment has at most
	steps   int // that the sumcheck takes
	kinds   [relation.Head + 1]settleRecord
	values  int // segments of the record that has most of them
	chunks  int // steps that weigh that record
}

// settleRecord is what a settlement knows of the records that a kind of step opens.
type settleRecord struct {
	tensors []settleTensor // of one record
	claims  []settleClaim  // that a step leaves, in their order
	powers  int            // of rho: one for each record that each claim is on
	chunks  int
}

// settleTensor is a tensor of a record: its segments are numbers first on.
type settleTensor struct {
	weights.WeightTensor
	first, segments int
	segmentVars     int
}

// settleClaim says which tensor of which of the step's records a claim is on.
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

// planClaims finds the tensors of the claims that a kind of step leaves: the frame of
// the arguments says which they are, the same for all size classes.
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

// powers is how many powers of rho the claims of one step have at most.
func (q *settlePlan) powers() (n int) {
	for i := range q.kinds {
		n = max(n, q.kinds[i].powers)
	}
	return n
}

// weightPoint is the point of the settled claim: the last coordinates of s_y that the
// largest segment has, and s_x.
func weightPoint[E any](q *settlePlan, s []E) []E {
	return append(append([]E{}, s[len(s)-q.rows:]...), s[:q.columns]...)
}
