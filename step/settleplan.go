package step

import (
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
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
	kinds   [Head + 1]settleRecord
	values  int // segments of the record that has most of them
	chunks  int // steps that weigh that record
	claims  int // elements of the claims of the kind of step that leaves most of them
}

// settleRecord is what a settlement knows of the records that a kind of step opens.
type settleRecord struct {
	tensors []settleTensor // of one record
	claims  []settleClaim  // that a step leaves, in their order
	chunks  int
}

// settleTensor is a tensor of a record: its segments are numbers first on.
type settleTensor struct {
	weightTensor
	first, segments int
	segmentVars     int
}

// settleClaim says which tensor of which of the step's records a claim is on, and
// how many coordinates its point has.
type settleClaim struct{ record, tensor, vars int }

// planSettlement computes the plan.
func (p *Protocol) planSettlement() error {
	shape, err := p.Model.Description.shape()
	if err != nil {
		return err
	}
	l, q := p.Model.Layout, &p.settle
	q.columns = l.ColumnBits
	largest := 0
	for _, t := range shape.settledTensors(l) {
		largest = max(largest, t.vars()-q.columns)
	}
	q.rows = min(l.SegmentBits-q.columns, largest)
	q.steps = (q.columns + largest + roundsAStep - 1) / roundsAStep
	q.outer = q.steps*roundsAStep - q.columns
	for kind, record := range []int{embedRecord, blockRecord(0), headRecord(shape.Config)} {
		k := &q.kinds[kind]
		next := 0
		for _, t := range shape.cutTensors(l, record) {
			n := t.segments(l)
			k.tensors = append(k.tensors, settleTensor{t, next, n, t.segmentVars(l)})
			next += n
		}
		k.chunks = (next + chunkPoints - 1) / chunkPoints
		q.values, q.chunks = max(q.values, next), max(q.chunks, k.chunks)
		if err := p.planClaims(Kind(kind)); err != nil {
			return err
		}
	}
	q.values = q.chunks * chunkPoints
	return nil
}

// planClaims finds the tensors of the claims that a kind of step leaves: those of the
// largest class. Where all tokens of a pass are one, two claims of a larger class may
// be the same; a smaller class then leaves that claim twice, so that a settlement need
// not know the sizes of passes.
func (p *Protocol) planClaims(kind Kind) error {
	k := &p.settle.kinds[kind]
	for i := len(p.classes) - 1; i >= 0; i-- {
		claims, err := k.claimsOn(kind, p.classes[i].arguments[kind].blankClaims(), p.Blocks)
		if err != nil {
			return err
		}
		if i == len(p.classes)-1 {
			k.claims = claims
			p.settle.claims = max(p.settle.claims, k.size())
		}
		if p.classes[i].leaves[kind], err = matchClaims(k.claims, claims); err != nil {
			return fmt.Errorf("step: class %d, %s: %w", i, kind, err)
		}
	}
	return nil
}

// claimsOn are the places of claims.
func (k *settleRecord) claimsOn(kind Kind, deferred []Deferred[fr.Element], blocks int) (claims []settleClaim, err error) {
	for _, d := range deferred {
		record, name, err := recordOf(kind, d.Name, blocks)
		if err != nil {
			return nil, err
		}
		t := slices.IndexFunc(k.tensors, func(t settleTensor) bool { return t.Name == name })
		if t < 0 {
			return nil, fmt.Errorf("step: a claim on %q, which no record has", d.Name)
		}
		claims = append(claims, settleClaim{record, t, len(d.Point)})
	}
	return claims, nil
}

// matchClaims finds, for each claim that is expected, the one of those that are left,
// in their order; the last on a tensor stands for all that are missing.
func matchClaims(expected, left []settleClaim) (from []int, err error) {
	taken := make([]bool, len(left))
	for _, c := range expected {
		at := -1
		for i, d := range left {
			if d == c && (at < 0 || !taken[i]) {
				if at = i; !taken[i] {
					break
				}
			}
		}
		if at < 0 {
			return nil, fmt.Errorf("no claim on tensor %d of record %d", c.tensor, c.record)
		}
		taken[at], from = true, append(from, at)
	}
	if i := slices.Index(taken, false); i >= 0 {
		return nil, fmt.Errorf("a claim more on tensor %d of record %d", left[i].tensor, left[i].record)
	}
	return from, nil
}

// leftClaims are the claims on weights that a step leaves, in the order in which a
// settlement reads them.
func leftClaims[E any](c *class, kind Kind, deferred []Deferred[E]) []Deferred[E] {
	claims := make([]Deferred[E], len(c.leaves[kind]))
	for i, from := range c.leaves[kind] {
		claims[i] = deferred[from]
	}
	return claims
}

// weightPoint is the point of the settled claim: the last coordinates of s_y that the
// largest segment has, and s_x.
func weightPoint[E any](q *settlePlan, s []E) []E {
	return append(append([]E{}, s[len(s)-q.rows:]...), s[:q.columns]...)
}
