package step

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/step/relation"
	"fold/step/weights"
)

// placedEval is a claim by its tensor's index: the point of (block, row) and that of
// the column in the block.
type placedEval struct {
	tensor        int
	outer, column []fr.Element
	value         fr.Element
}

// settled is a tensor as a settlement reads it.
type settled struct {
	weights.WeightTensor
	record  int
	isShort bool // a table that may be claimed on its first positions
	segment int  // number of its first segment in the model
}

// settledTensors lists the model's tensors in its order.
func settledTensors(s relation.Shape, l weights.Layout) (ts []settled) {
	segment := 0
	for record := range weights.RecordCount(s.Config) {
		for _, t := range l.TensorsOf(s, record) {
			ts = append(ts, settled{t, record, t.Name == "cos" || t.Name == "sin", segment})
			segment += t.Segments(l)
		}
	}
	return ts
}

// placeEvals finds the tensor of each claim and cuts its point.
func placeEvals(l weights.Layout, ts []settled, claims []RecordEval) ([]placedEval, error) {
	type key struct {
		record int
		name   string
	}
	byName := map[key]int{}
	for i, t := range ts {
		byName[key{t.record, t.Name}] = i
	}
	ps := make([]placedEval, len(claims))
	for i, c := range claims {
		j, ok := byName[key{c.Record, c.Name}]
		if !ok {
			return nil, fmt.Errorf("step: a claim on %q of record %d, which the model lacks", c.Name, c.Record)
		}
		t := &ts[j]
		n := t.Vars()
		if len(c.Point) > n || len(c.Point) < n && !t.isShort {
			return nil, fmt.Errorf("step: a claim on %s of record %d at %d coordinates, expected %d", c.Name, c.Record,
				len(c.Point), n)
		}
		at := append(make([]fr.Element, n-len(c.Point)), c.Point...)
		row, block, column := at[:t.RowBits], at[t.RowBits:n-l.ColumnBits], at[n-l.ColumnBits:]
		ps[i] = placedEval{j, append(append([]fr.Element{}, block...), row...), column, c.Value}
	}
	return ps, nil
}
