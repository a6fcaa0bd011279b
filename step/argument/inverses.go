package argument

import (
	"fmt"
	"sync/atomic"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/step/relation"
)

// fillInverses computes the shifted inverses of every row that is looked up; a
// cell's inverse is its row's.
func (p *stepProver) fillInverses() error {
	for i := range p.Tensors {
		t := &p.Tensors[i]
		if t.Oracle != relation.Inverses {
			continue
		}
		key := p.Tensor(t.Key)
		table := max(key.Table, key.Of) // one of them is NoTable
		if p.inverses[table] == nil {
			var err error
			if p.inverses[table], err = p.rowInverses(table); err != nil {
				return err
			}
		}
		if key.Of == relation.NoTable {
			p.columns[i] = relation.Column{Table: p.inverses[table], Index: p.columns[t.Key].Bits()}
			p.zero[i] = p.zero[t.Key]
			continue
		}
		h := make(fr.Vector, 1<<16)
		for j, uses := range p.columns[t.Key].Ints {
			if uses != 0 {
				h[j] = p.inverses[table][j]
			}
		}
		p.columns[i].Field = h
	}
	return nil
}

// usesOf counts how often each row of a table is looked up.
func (p *stepProver) usesOf(t relation.Table) []int64 {
	for i := range p.Tensors {
		if p.Tensors[i].Of == t && !p.Tensors[i].Flag {
			return p.columns[i].Ints
		}
	}
	return make([]int64, 1<<16)
}

// rowInverses returns 1/(a - t_j) - 1/a for the rows of a table with pole a that
// are looked up, and zero for the others.
func (p *stepProver) rowInverses(t relation.Table) (fr.Vector, error) {
	constant := map[string]fr.Element{}
	for i, s := range p.Slots {
		constant[s] = p.consts[i]
	}
	name, beta := p.Tables[t].Name, constant[relation.BetaSlot]
	pole, first := constant[relation.PoleSlot(name)], constant[relation.InverseSlot(name)]
	var used []int
	for j, uses := range p.usesOf(t) {
		if uses != 0 {
			used = append(used, j)
		}
	}
	h := make(fr.Vector, 1<<16)
	var met atomic.Int32 // a row that is its pole, plus one
	kernel.For(len(used), 1<<12, func(lo, hi int) {
		differences := make(fr.Vector, hi-lo)
		for i, j := range used[lo:hi] {
			d := &differences[i]
			d.SetInt64(int64(p.output(t, uint16(j))))
			d.Mul(d, &beta)
			var w fr.Element
			w.SetInt64(int64(p.tableValue(t, uint16(j))))
			d.Add(d, &w)
			if d.Sub(&pole, d).IsZero() {
				met.Store(int32(j) + 1)
			}
		}
		for i, e := range fr.BatchInvert(differences) {
			h[used[lo+i]].Sub(&e, &first)
		}
	})
	if j := met.Load(); j > 0 {
		return nil, fmt.Errorf("step: row %d of table %s meets its pole: prove again with other blinds", j-1, name)
	}
	return h, nil
}
