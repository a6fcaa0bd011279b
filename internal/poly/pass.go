package poly

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/kernel"
)

// scratch is one worker's memory: for each column two rows and a third for
// values at -1 and 2, as field elements and as integers.
type scratch struct {
	a, d, x    []fr.Vector
	ia, id, ix [][]int64
	tmp        fr.Vector
	itmp       []int64
}

func (s *Sum) newScratch() *scratch {
	n, w := len(s.spec.Columns), 1<<s.spec.RowBits
	sc := &scratch{tmp: make(fr.Vector, w), itmp: make([]int64, w)}
	for _, v := range []*[]fr.Vector{&sc.a, &sc.d, &sc.x} {
		for range n {
			*v = append(*v, make(fr.Vector, w))
		}
	}
	for _, v := range []*[][]int64{&sc.ia, &sc.id, &sc.ix} {
		for range n {
			*v = append(*v, make([]int64, w))
		}
	}
	return sc
}

// cut returns views of m cells.
func cut[V ~[]T, T any](rows []V, m int) []V {
	v := make([]V, len(rows))
	for i := range rows {
		v[i] = rows[i][:m]
	}
	return v
}

// view returns room for m cells of every column.
func (sc *scratch) view(m int) *view {
	return &view{cut(sc.a, m), cut(sc.d, m), cut(sc.x, m), cut(sc.ia, m), cut(sc.id, m), cut(sc.ix, m)}
}

// pairs runs f on the live ones of the row pairs (t, t+h), t < h, with m, the
// number of live cells.
func (s *Sum) pairs(h int, f func(sc *scratch, t, m int)) {
	kernel.ForWorker(h, max(1, block/s.width), func(worker, lo, hi int) {
		if s.scratch[worker] == nil {
			s.scratch[worker] = s.newScratch()
		}
		for t := lo; t < hi; t++ {
			if m := max(s.live[t], s.live[t+h]); m > 0 {
				f(s.scratch[worker], t, m)
				continue
			}
			for i := range s.groups { // what an earlier round has left here
				for j := range s.groups[i].degree - 1 {
					s.groups[i].high[j][t].SetZero()
				}
			}
		}
	})
}

// first computes V and, unless there is one row alone, the first round's
// samples. It reads the columns as they are.
func (s *Sum) first() {
	if len(s.live) == 1 {
		s.data = make([]fr.Vector, len(s.spec.Columns))
		for c, column := range s.spec.Columns {
			s.data[c] = make(fr.Vector, s.width)
			copy(s.data[c], column.load(s.data[c][:s.live[0]], 0))
		}
		s.keepRows()
		sc := s.newScratch()
		for i := range s.groups {
			g := &s.groups[i]
			g.rows[0] = evaluate(g.terms, s.data, s.weights(g, s.width), sc.tmp)
		}
		return
	}
	asInt, asField := s.needs()
	h := len(s.live) / 2
	s.pairs(h, func(sc *scratch, t, m int) {
		v, upper := sc.view(m), make([]fr.Vector, len(s.spec.Columns))
		for c, column := range s.spec.Columns {
			if asField[c] {
				v.a[c], upper[c] = column.load(v.a[c], t), column.load(v.d[c], t+h)
			}
			if asInt[c] {
				column.ints(v.ia[c], t)
				column.ints(v.id[c], t+h)
			}
		}
		s.firstRows(v, upper, t, h, m, sc)
		for c := range s.spec.Columns {
			if asField[c] {
				v.d[c].Sub(upper[c], v.a[c])
			}
			if asInt[c] {
				for k, w := range v.ia[c] {
					v.id[c][k] -= w
				}
			}
		}
		for i := range s.groups {
			s.groups[i].further(t, v, s.weights(&s.groups[i], m), sc)
		}
	})
}

// firstRows computes V of row t, in v.a, and of row t+h, in upper, and of both
// the integers in v.ia and v.id.
func (s *Sum) firstRows(v *view, upper []fr.Vector, t, h, m int, sc *scratch) {
	for i := range s.groups {
		g := &s.groups[i]
		if s.spec.Vanishes && g.weighted {
			continue
		}
		e := s.weights(g, m)
		g.rows[t] = g.value(v.a, v.ia, e, sc)
		g.rows[t+h] = g.value(upper, v.id, e, sc)
	}
}

// needs says which columns the first pass reads as integers and which as field
// elements.
func (s *Sum) needs() (asInt, asField []bool) {
	asInt, asField = make([]bool, len(s.spec.Columns)), make([]bool, len(s.spec.Columns))
	for i := range s.groups {
		g := &s.groups[i]
		if g.degree == 1 && g.weighted && s.spec.Vanishes {
			continue
		}
		for _, term := range g.onInts {
			for _, c := range term.Factors {
				asInt[c] = true
			}
		}
		for _, term := range g.onField {
			for _, c := range term.Factors {
				asField[c] = true
			}
		}
	}
	return
}

// weights returns the inner factor of a group's sums over m cells.
func (s *Sum) weights(g *group, m int) fr.Vector {
	if g.weighted {
		return s.e[:m]
	}
	return nil
}

// bindRow binds a row variable: V, the columns, and the next round's samples.
func (s *Sum) bindRow(r *fr.Element) {
	for i := range s.groups {
		s.groups[i].bind(r)
	}
	rows := len(s.live) / 2
	size := 0
	for t := range rows {
		s.live[t] = max(s.live[t], s.live[t+rows])
		size += s.live[t]
	}
	s.live = s.live[:rows]
	load := s.rebind(r, rows)
	if s.data == nil {
		load = s.firstBind(r, rows, size)
	}
	if rows == 1 {
		load(s.newScratch(), 0, s.width)
		for c := range s.data {
			s.data[c] = s.data[c][:s.width]
		}
		s.keepRows()
		return
	}
	h := rows / 2
	s.pairs(h, func(sc *scratch, t, m int) {
		load(sc, t, m)
		load(sc, t+h, m)
		v := &view{a: make([]fr.Vector, len(s.data)), d: cut(sc.d, m), x: cut(sc.x, m)}
		for c := range s.data {
			v.a[c] = s.row(c, t, m)
			v.d[c].Sub(s.row(c, t+h, m), v.a[c])
		}
		for i := range s.groups {
			s.groups[i].further(t, v, s.weights(&s.groups[i], m), sc)
		}
	})
}

func (s *Sum) row(c, t, m int) fr.Vector { return s.data[c][t*s.width:][:m] }

// firstBind returns the function that binds row t of every column from the
// columns as given, and fills it up with zeros to m cells.
func (s *Sum) firstBind(r *fr.Element, rows, size int) func(sc *scratch, t, m int) {
	s.data = make([]fr.Vector, len(s.spec.Columns))
	for c, column := range s.spec.Columns {
		s.data[c] = s.spec.Arena.get(rows * s.width)
		column.bind(r, 2*size)
	}
	return func(sc *scratch, t, m int) {
		n := s.live[t]
		for c, column := range s.spec.Columns {
			row := s.row(c, t, m)
			column.bound(row[:n], sc.tmp[:n], t, t+rows)
			clear(row[n:])
		}
	}
}

// rebind returns the function that binds row t in place and fills it up with
// zeros to m cells. As many cells of each row as are live now have been written
// before.
func (s *Sum) rebind(r *fr.Element, rows int) func(sc *scratch, t, m int) {
	return func(sc *scratch, t, m int) {
		n := s.live[t]
		tmp := sc.tmp[:n]
		for c := range s.data {
			row := s.row(c, t, m)
			lerp(row[:n], row[:n], s.row(c, t+rows, n), tmp, r)
			clear(row[n:])
		}
	}
}

// inRow returns the samples of a round within the last row.
func (s *Sum) inRow(g *group) (p samples) {
	h := s.width / 2
	v := &view{a: cut(s.data, h), d: make([]fr.Vector, len(s.data)), x: make([]fr.Vector, len(s.data))}
	upper := make([]fr.Vector, len(s.data))
	for _, c := range g.used {
		upper[c], v.d[c], v.x[c] = s.data[c][h:], make(fr.Vector, h), make(fr.Vector, h)
		v.d[c].Sub(upper[c], v.a[c])
	}
	var e fr.Vector
	if g.weighted {
		e = make(fr.Vector, h)
		e.Add(s.e[:h], s.e[h:])
	}
	sc := &scratch{tmp: make(fr.Vector, h)}
	p[0], p[1] = evaluate(g.terms, v.a, e, sc.tmp), evaluate(g.terms, upper, e, sc.tmp)
	for i := range g.degree - 1 {
		g.high[i] = make(fr.Vector, 1)
	}
	g.further(0, v, e, sc)
	for i := range g.degree - 1 {
		p[2+i] = g.high[i][0]
	}
	return
}

// bindCell binds a variable within the last row.
func (s *Sum) bindCell(r *fr.Element) {
	h := s.width / 2
	for c := range s.data {
		s.data[c] = Bind(s.data[c], r)
	}
	if s.e != nil {
		e := s.e[:h]
		e.Add(e, s.e[h:])
		s.e = e
	}
	s.width = h
}
