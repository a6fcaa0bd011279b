package argument

import (
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/relation"
)

// AccumulatorSizesOf returns the sizes, in variables, of the running polynomials that a program needs.
// Cache is 0 for a program that writes to no cache.
func AccumulatorSizesOf(p *relation.Program) AccumulatorSizes {
	cells := max(p.CellBits, p.Extents.Bits(relation.PerChannel))
	return AccumulatorSizes{cells, newPlan(p, &UniformLayout{}).CacheBits}
}

// proveReduction proves the reduction of all claims on committed polynomials to one point, and folds
// them. It draws and absorbs as verifyEnd does.
func (p *stepProver) proveReduction(s *Statement, secrets *Secrets) (*Folded[fr.Element], error) {
	r := p.a.reduction
	sparse := make([]*poly.Sparse, len(r.polys))
	for i, id := range r.polys {
		sparse[i] = p.sparse(id, r.sizes[id], r.rowBits, secrets)
	}
	claims, rows := p.pointClaims(s.running())
	proof, point, err := poly.Reduce(p.tr, p.common.rounds(), sparse, claims, rows)
	if err != nil {
		return nil, err
	}
	p.m.Reduction = poly.Reduction[fr.Element]{Rounds: proof.Rounds, Values: make([]fr.Element, len(p.common.polys))}
	for i, id := range r.polys {
		p.m.Reduction.Values[slices.Index(p.common.polys, id)] = proof.Values[i]
	}
	p.absorbEnds()
	p.ends[r.rowBits] = point
	return p.end(s.running()), nil
}

// pointClaims are all claims on committed polynomials, the running ones included,
// and the rows that sums have ended with.
func (p *stepProver) pointClaims(running [2]EvalClaim[fr.Element]) (claims []poly.PointClaim[fr.Element],
	rows []fr.Vector) {
	r := p.a.reduction
	r.each(func(i int, c *reduced) {
		id := r.polys[i]
		claim := poly.PointClaim[fr.Element]{Poly: i, Value: p.value(id, c, running)}
		if c == nil {
			claim.Point = running[id-polyRunningCells].Point
			rows = append(rows, nil)
		} else {
			claim.Point = p.point(c.at)
			rows = append(rows, p.rowsOf[c.claim])
		}
		claims = append(claims, claim)
	})
	return claims, rows
}

// sparse hands a polynomial to the reduction.
func (p *stepProver) sparse(id polyID, vars, rowBits int, secrets *Secrets) *poly.Sparse {
	q := &poly.Sparse{Vars: vars, RowBits: rowBits}
	switch id {
	case polyCells:
		p.tensorsOf(relation.Cells, q)
	case polyOutputs:
		p.tensorsOf(relation.Outputs, q)
	case polyInverses:
		p.tensorsOf(relation.Inverses, q)
	case polyInput:
		p.streamOf(relation.Input, q)
	case polyOutput:
		p.streamOf(relation.Output, q)
	case polyCache, polyAdded:
		p.cacheOf(id == polyAdded, q)
	default:
		v := secrets.Running[id-polyRunningCells].Values
		live := liveRows(v, rowBits)
		q.Segments = []poly.Segment{{Rows: len(v) >> rowBits, Column: poly.Field(v, rowBits),
			Live: func(row int) int { return live[row] }}}
	}
	return q
}

// liveRows returns for each row the number of cells that the reduction reads: zero for a row of zeros,
// the whole row otherwise.
func liveRows(v fr.Vector, rowBits int) []int {
	live := make([]int, len(v)>>rowBits)
	kernel.For(len(live), 64, func(lo, hi int) {
		for t := lo; t < hi; t++ {
			row := v[t<<rowBits:][:1<<rowBits]
			if slices.ContainsFunc(row, func(e fr.Element) bool { return !e.IsZero() }) {
				live[t] = len(row)
			}
		}
	})
	return live
}

// tensorsOf lists the tensors of a polynomial: those that fill rows each in its
// own width, and whatever is smaller than a row as field elements.
func (p *stepProver) tensorsOf(home relation.Oracle, q *poly.Sparse) {
	row := 1 << q.RowBits
	small := map[int]fr.Vector{} // by row
	for i := range p.Tensors {
		t, c := &p.Tensors[i], &p.columns[i]
		switch {
		case t.Oracle != home || p.zero[i]:
		case c.Len() >= row:
			q.Segments = append(q.Segments, p.segment(relation.TensorID(i), t.Offset, q.RowBits))
		default:
			at := t.Offset / row
			if small[at] == nil {
				small[at] = make(fr.Vector, row)
			}
			c.Store(small[at][t.Offset%row:])
		}
	}
	for at, v := range small {
		q.Segments = append(q.Segments, poly.Segment{Start: at, Rows: 1, Column: poly.Field(v, q.RowBits)})
	}
}

func (p *stepProver) streamOf(home relation.Oracle, q *poly.Sparse) {
	for i := range p.Tensors {
		if p.Tensors[i].Oracle == home {
			q.Segments = append(q.Segments, p.segment(relation.TensorID(i), 0, q.RowBits))
		}
	}
}

// cacheOf lists the cache after the pass or, of it, what the pass adds.
func (p *stepProver) cacheOf(added bool, q *poly.Sparse) {
	for i, w := range p.CacheWrites {
		c := &p.columns[w.Cache]
		size := c.Len()
		if added {
			c = &relation.Column{Signed: make([]int16, size)}
			copy(c.Signed[p.gains[i].from:], p.gains[i].cells)
		}
		q.Segments = append(q.Segments, poly.Segment{
			Start: i * size >> q.RowBits, Rows: size >> q.RowBits, Column: c.Rows(q.RowBits),
		})
	}
}

// segment is a tensor as rows of its polynomial.
func (p *stepProver) segment(id relation.TensorID, offset, rowBits int) poly.Segment {
	t, c := p.Tensor(id), &p.columns[id]
	var live [relation.NumAxes]int
	for _, a := range t.Space {
		live[a] = p.w.Geometry.Live(&p.Extents, a)
	}
	return poly.Segment{
		Start: offset >> rowBits, Rows: c.Len() >> rowBits, Column: c.Rows(rowBits),
		Live: func(row int) int { return p.liveInRow(t.Space, &live, row, rowBits) },
	}
}

// update folds the step's polynomials into the running ones, as fold does with
// their values and result with their commitments: cells, outputs, inverses,
// input and output with rho, rho^2, ..., and the cache likewise.
func (p *stepProver) update(challenge fr.Element, secrets *Secrets) *Open {
	open := &Open{Output: p.blinds.output, Alpha: p.alpha, Beta: p.beta, Rho: challenge}
	open.Cache.Add(&secrets.Cache, &p.blinds.added)
	rho := poly.Powers[fr.Element](p.ar, transcript.NativeEndoscalar(challenge), 6)
	cells := &secrets.Running[AccumulatorCells]
	p.updateCells(cells.Values, rho)
	addBlinds(cells, rho, p.blinds.cells, p.blinds.outputs, p.blinds.inverses, secrets.Input, p.blinds.output)
	if len(p.CacheWrites) == 0 {
		return open
	}
	cache := &secrets.Running[AccumulatorCache]
	for i, w := range p.CacheWrites {
		c := &p.columns[w.Cache]
		part, g := cache.Values[i*c.Len():], p.gains[i]
		c.AddTo(part, &rho[1])
		(&relation.Column{Signed: g.cells}).AddTo(part[g.from:], &rho[2])
	}
	addBlinds(cache, rho, open.Cache, p.blinds.added)
	return open
}

// addBlinds adds rho b_1 + rho^2 b_2 + ... to the running blind.
func addBlinds(q *Polynomial, rho []fr.Element, blinds ...fr.Element) {
	for i := range blinds {
		var b fr.Element
		b.Mul(&blinds[i], &rho[i+1])
		q.Blind.Add(&q.Blind, &b)
	}
}

// updateCells adds the cells, outputs and inverses, which for cells of a table
// are one function of the cell, and the residual streams. Cells lie apart from each
// other; the others lie across them.
func (p *stepProver) updateCells(running fr.Vector, rho []fr.Element) {
	tables := make([]fr.Vector, len(p.Tables))
	var parts []func()
	for i := range p.Tensors {
		t, c := &p.Tensors[i], &p.columns[i]
		switch {
		case p.zero[i]:
		case t.Table != relation.NoTable:
			if tables[t.Table] == nil {
				tables[t.Table] = p.updateTable(t.Table, rho)
			}
			parts = append(parts, func() { c.AddTable(running[t.Offset:], tables[t.Table]) })
		case t.Oracle == relation.Cells:
			parts = append(parts, func() { c.AddTo(running[t.Offset:], &rho[1]) })
		}
	}
	kernel.For(len(parts), 1, func(i, _ int) { parts[i]() })
	for i := range p.Tensors {
		switch t, c := &p.Tensors[i], &p.columns[i]; {
		case p.zero[i]:
		case t.Oracle == relation.Inverses && c.Field != nil: // of rows, where the rows' uses lie
			c.AddTo(running[t.Offset:], &rho[3])
		case t.Oracle == relation.Input:
			c.AddTo(running, &rho[4])
		case t.Oracle == relation.Output:
			c.AddTo(running, &rho[5])
		}
	}
}

// updateTable is rho v + rho^2 output(v) + rho^3 inverse(v) for all values v that
// occur.
func (p *stepProver) updateTable(t relation.Table, rho []fr.Element) fr.Vector {
	table, uses := make(fr.Vector, 1<<16), p.usesOf(t)
	kernel.For(len(table), 1<<12, func(lo, hi int) {
		for j := lo; j < hi; j++ {
			if uses[j] == 0 {
				continue
			}
			var v, out, h fr.Element
			v.SetInt64(int64(p.tableValue(t, uint16(j))))
			out.SetInt64(int64(p.output(t, uint16(j))))
			v.Mul(&v, &rho[1])
			out.Mul(&out, &rho[2])
			h.Mul(&p.inverses[t][j], &rho[3])
			table[j].Add(&v, &out).Add(&table[j], &h)
		}
	})
	return table
}
