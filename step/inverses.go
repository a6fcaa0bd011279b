package step

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// fillInverses computes the shifted inverses of every row of every table and,
// from them, those of all cells: a cell's inverse is its row's.
func (p *prover) fillInverses() error {
	var rows [numTables]fr.Vector
	for i := range p.Tensors {
		t := &p.Tensors[i]
		if t.Home != Inverses {
			continue
		}
		key := p.tensor(t.Key)
		table := key.Table
		if key.Of != NoTable {
			table = key.Of
		}
		if rows[table] == nil {
			var err error
			if rows[table], err = p.rowInverses(table); err != nil {
				return err
			}
		}
		p.columns[i].Field = p.inversesOf(t.Key, rows[table])
	}
	return nil
}

// inversesOf looks the inverses of a tensor's cells up; the inverse of an unused
// row is zero.
func (p *prover) inversesOf(key TensorID, rows fr.Vector) fr.Vector {
	c := &p.columns[key]
	h := make(fr.Vector, c.Len())
	for i := range h {
		switch {
		case p.tensor(key).Of == NoTable:
			h[i] = rows[c.row(i)]
		case c.Ints[i] != 0:
			h[i] = rows[i]
		}
	}
	return h
}

// rowInverses returns 1/(a - t_j) - 1/a for the rows of a table with pole a.
func (p *prover) rowInverses(t Table) (fr.Vector, error) {
	constant := map[string]fr.Element{}
	for i, s := range p.Slots {
		constant[s] = p.consts[i]
	}
	pole, beta := constant[poleSlot(t)], constant[betaSlot]
	h := make(fr.Vector, 1<<16)
	var outputs []int16
	if t == ExpTable || t == SiluTable {
		var err error
		if outputs, err = p.model.Table(t.String()); err != nil {
			return nil, err
		}
	}
	for j := range h {
		w := fr.NewElement(uint64(j))
		if t == Signed || t == SiluTable {
			w.SetInt64(int64(int16(j)))
		}
		if outputs != nil {
			var out fr.Element
			out.SetInt64(int64(outputs[j]))
			out.Mul(&out, &beta)
			w.Add(&w, &out)
		}
		h[j].Sub(&pole, &w)
		if h[j].IsZero() {
			return nil, fmt.Errorf("step: row %d of table %s meets its pole: prove again with other blinds", j, t)
		}
	}
	h = fr.BatchInvert(h)
	first := constant[inverseSlot(t)]
	for j := range h {
		h[j].Sub(&h[j], &first)
	}
	return h, nil
}
