package step

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/poly"
)

// proveReduction brings all claims on the committed polynomials to one point.
func (p *prover) proveReduction(s *Statement, secrets *Secrets) (*Folded[fr.Element], error) {
	r := p.a.reduction
	p.polys[polyRunningCells] = secrets.Running[SlotCells].Values
	p.polys[polyRunningCache] = secrets.Running[SlotCache].Values
	sparse := make([]*poly.Sparse, len(r.polys))
	for i, id := range r.polys {
		sparse[i] = p.sparse(id, r.sizes[id], r.rowBits())
	}
	claims := p.pointClaims(r, s.Running[SlotCells].Running, s.Running[SlotCache].Running)
	proof, point, err := poly.Reduce(p.tr, sparse, claims, nil)
	if err != nil {
		return nil, err
	}
	p.m.Reduction = proof
	return p.fold(r, point), nil
}

// sparse hands a polynomial to the reduction: the tensors that fill rows each in
// its own width, and whatever is smaller than a row as field elements.
func (p *prover) sparse(id polyID, vars, rowBits int) *poly.Sparse {
	q := &poly.Sparse{Vars: vars, RowBits: rowBits}
	home, ok := map[polyID]Home{polyCells: Cells, polyOutputs: Outputs, polyInverses: Inverses}[id]
	if !ok {
		q.Segments = []poly.Segment{{Rows: len(p.polys[id]) >> rowBits, Column: poly.Field(p.polys[id], rowBits)}}
		return q
	}
	rest := 1 << p.CellBits
	for i := range p.Tensors {
		t := &p.Tensors[i]
		if t.Home != home {
			continue
		}
		if p.columns[i].Len() < 1<<rowBits {
			rest = min(rest, t.Offset>>rowBits<<rowBits)
			continue
		}
		q.Segments = append(q.Segments, p.segment(TensorID(i), rowBits))
	}
	if tail := p.polys[id][rest:]; len(tail) > 0 {
		q.Segments = append(q.Segments, poly.Segment{Start: rest >> rowBits, Rows: len(tail) >> rowBits, Column: poly.Field(tail, rowBits)})
	}
	return q
}

// segment is a tensor as rows of its polynomial.
func (p *prover) segment(id TensorID, rowBits int) poly.Segment {
	t, c := p.tensor(id), &p.columns[id]
	var live [numAxes]int
	for _, a := range t.Space {
		live[a] = p.w.Geometry.live(&p.Extents, a)
	}
	if t.Home == Outputs || t.Home == Inverses || t.Table != NoTable {
		for _, a := range t.Space { // cells in the padding may be any row
			live[a] = 1 << p.Extents[a].Bits
		}
	}
	return poly.Segment{
		Start: t.Offset >> rowBits, Rows: c.Len() >> rowBits, Column: c.rows(rowBits),
		Live: func(row int) int { return p.liveInRow(t.Space, &live, row, rowBits) },
	}
}

// update folds the step's polynomials into the running ones, as fold does with
// their values and result with their commitments.
func (p *prover) update(f *Folded[fr.Element], secrets *Secrets) *Open {
	open := &Open{Output: p.blinds.output}
	open.Cache.Add(&secrets.Cache, &p.blinds.added)
	combine(&secrets.Running[SlotCells], f.Rho, []Polynomial{
		{p.polys[polyCells], p.blinds.cells}, {p.polys[polyOutputs], p.blinds.outputs},
		{p.polys[polyInverses], p.blinds.inverses}, {p.polys[polyInput], secrets.Input},
		{p.polys[polyOutput], p.blinds.output},
	})
	if len(p.Windows) > 0 {
		combine(&secrets.Running[SlotCache], f.Rho, []Polynomial{
			{p.polys[polyCache], open.Cache}, {p.polys[polyAdded], p.blinds.added},
		})
	}
	return open
}

// combine is Horner in rho over polynomials and blinds.
func combine(running *Polynomial, rho fr.Element, parts []Polynomial) {
	power := fr.One()
	for _, q := range parts {
		power.Mul(&power, &rho)
		n := len(q.Values)
		scaled := make(fr.Vector, n)
		scaled.ScalarMul(q.Values, &power)
		sum := running.Values[:n]
		sum.Add(sum, scaled)
		var b fr.Element
		b.Mul(&q.Blind, &power)
		running.Blind.Add(&running.Blind, &b)
	}
}
