package settlement

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// placed is a claim with the index of its tensor, the point of (block, row) and the point of
// the column.
type placed struct {
	tensor        int
	outer, column []fr.Element
	value         fr.Element
}

// Claim states that the multilinear extension of a record's matrix or table has Value at
// Point. The point of a matrix is the row's point, then the column's. A claim on a table of
// positions may cover only its first 2^k positions; its point is then shorter.
type Claim struct {
	Record int
	Name   string // without its block
	Point  []fr.Element
	Value  fr.Element
}

// Tensor is a tensor with its place in the model.
type Tensor struct {
	weights.WeightTensor
	Record  int
	Segment int // number of its first segment in the model
}

// Tensors lists the model's tensors in its order.
func Tensors(s relation.Shape, l weights.Layout) (ts []Tensor) {
	segment := 0
	for record := range weights.RecordCount(s.Config) {
		for _, t := range l.TensorsOf(s, record) {
			ts = append(ts, Tensor{t, record, segment})
			segment += t.Segments(l)
		}
	}
	return ts
}

// place finds the tensor of each claim and splits the claim's point.
func place(l weights.Layout, ts []Tensor, claims []Claim) ([]placed, error) {
	type key struct {
		record int
		name   string
	}
	byName := map[key]int{}
	for i, t := range ts {
		byName[key{t.Record, t.Name}] = i
	}
	ps := make([]placed, len(claims))
	for i, c := range claims {
		j, ok := byName[key{c.Record, c.Name}]
		if !ok {
			return nil, fmt.Errorf("step: a claim on %q of record %d, which the model lacks", c.Name, c.Record)
		}
		t := &ts[j]
		n := t.Vars()
		if len(c.Point) > n || len(c.Point) < n && !t.Positions {
			return nil, fmt.Errorf("step: a claim on %s of record %d at %d coordinates, expected %d", c.Name, c.Record,
				len(c.Point), n)
		}
		at := append(make([]fr.Element, n-len(c.Point)), c.Point...)
		row, block, column := at[:t.RowBits], at[t.RowBits:n-l.ColumnBits], at[n-l.ColumnBits:]
		ps[i] = placed{j, append(append([]fr.Element{}, block...), row...), column, c.Value}
	}
	return ps, nil
}
