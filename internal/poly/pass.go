package poly

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/kernel"
)

// pairs calls f on every row pair (t, t+h), t < h, with m > 0 live cells.
func (s *Sum) pairs(h int, ints bool, f func(sc *scratch, t, m int)) {
	workers := make([]*scratch, kernel.Workers())
	kernel.ForWorker(h, max(1, block/s.width), func(worker, lo, hi int) {
		if workers[worker] == nil {
			workers[worker] = s.newScratch(s.width, ints)
		}
		sc := workers[worker]
		for t := lo; t < hi; t++ {
			if m := max(s.live[t], s.live[t+h]); m > 0 {
				sc.cut(m)
				f(sc, t, m)
				continue
			}
			for i := range s.groups { // overwrite the samples of an earlier round
				for j := range s.groups[i].degree - 1 {
					s.groups[i].high[j][t].SetZero()
				}
			}
		}
	})
	for _, sc := range workers {
		if sc != nil {
			sc.release(s.spec.Arena)
		}
	}
}

// first computes V and, if there is more than one row, the first round's samples. It reads
// the columns in their stored form.
func (s *Sum) first() {
	if len(s.live) == 1 {
		s.data = make([]fr.Vector, len(s.spec.Columns))
		for c, column := range s.spec.Columns {
			v := s.spec.Arena.elements.get(s.width)
			n := copy(v, column.load(v[:s.live[0]], 0))
			clear(v[n:])
			s.data[c] = v
		}
		s.keepRows()
		tmp := make(fr.Vector, s.width)
		for i := range s.groups {
			g := &s.groups[i]
			g.rows[0] = evaluate(g.terms, s.data, s.weights(g, s.width), tmp)
		}
		return
	}
	asInt, asField := s.needs()
	h := len(s.live) / 2
	s.pairs(h, true, func(sc *scratch, t, m int) {
		for c, column := range s.spec.Columns {
			if asField[c] {
				sc.a[c], sc.upper[c] = column.load(sc.a[c], t), column.load(sc.d[c], t+h)
			}
			if asInt[c] {
				column.ints(sc.ia[c], t)
				column.ints(sc.id[c], t+h)
			}
		}
		s.firstRows(sc, t, h, m)
		for c := range s.spec.Columns {
			if asField[c] {
				sc.d[c].Sub(sc.upper[c], sc.a[c])
			}
			if asInt[c] {
				for k, w := range sc.ia[c] {
					sc.id[c][k] -= w
				}
			}
		}
		s.further(sc, t, m)
	})
}

// firstRows computes V of row t, which it reads into sc.a and sc.ia, and of row t+h, which
// it reads into sc.upper and sc.id.
func (s *Sum) firstRows(sc *scratch, t, h, m int) {
	for i := range s.groups {
		g := &s.groups[i]
		if s.spec.Vanishes && g.weighted {
			continue
		}
		e := s.weights(g, m)
		g.rows[t] = g.value(sc.a, sc.ia, e, sc)
		g.rows[t+h] = g.value(sc.upper, sc.id, e, sc)
	}
}

// further computes the further samples of row pair t for all groups.
func (s *Sum) further(sc *scratch, t, m int) {
	for i := range s.groups {
		g := &s.groups[i]
		g.further(t, s.weights(g, m), sc)
	}
}

// needs reports which columns the first pass reads as integers, and which it reads as field
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

// weights returns the weights of a group's sums over the m first cells of a row: eq(tau_k,
// k), or nil for a group without eq.
func (s *Sum) weights(g *group, m int) fr.Vector {
	if g.weighted {
		return s.e[:m]
	}
	return nil
}

// bindRow binds a row variable to r: it updates V and the columns and computes the next
// round's samples.
func (s *Sum) bindRow(r *fr.Element) {
	for i := range s.groups {
		s.groups[i].bind(r)
	}
	rows := len(s.live) / 2
	for t := range rows {
		s.live[t] = max(s.live[t], s.live[t+rows])
	}
	s.live = s.live[:rows]
	line := newLine(r)
	load := s.rebind(line, rows)
	if s.data == nil {
		load = s.firstBind(line, rows)
	}
	if rows == 1 {
		load(make(fr.Vector, s.width), 0, s.width)
		for c := range s.data {
			s.data[c] = s.data[c][:s.width]
		}
		s.keepRows()
		return
	}
	h := rows / 2
	s.pairs(h, false, func(sc *scratch, t, m int) {
		load(sc.tmp, t, m)
		load(sc.tmp, t+h, m)
		for c := range s.data {
			sc.a[c] = s.row(c, t, m)
			sc.d[c].Sub(s.row(c, t+h, m), sc.a[c])
		}
		s.further(sc, t, m)
	})
}

func (s *Sum) row(c, t, m int) fr.Vector { return s.data[c][t*s.width:][:m] }

// firstBind returns the function that binds row t of every column, reading the stored
// columns, and pads it with zeros to m cells.
func (s *Sum) firstBind(line *line, rows int) func(tmp fr.Vector, t, m int) {
	s.data = make([]fr.Vector, len(s.spec.Columns))
	for c := range s.data {
		s.data[c] = s.spec.Arena.elements.get(rows * s.width)
	}
	return func(tmp fr.Vector, t, m int) {
		n := s.live[t]
		tmp = tmp[:n]
		for c, column := range s.spec.Columns {
			row := s.row(c, t, m)
			a := row[:n]
			line.lerp(a, column.load(a, t), column.load(tmp, t+rows), tmp)
			clear(row[n:])
		}
	}
}

// rebind returns the function that binds row t of every column in place and pads it with
// zeros to m cells. An earlier bind has written the live cells of every row.
func (s *Sum) rebind(line *line, rows int) func(tmp fr.Vector, t, m int) {
	return func(tmp fr.Vector, t, m int) {
		n := s.live[t]
		for c := range s.data {
			row := s.row(c, t, m)
			line.lerp(row[:n], row[:n], s.row(c, t+rows, n), tmp[:n])
			clear(row[n:])
		}
	}
}

// inRow returns the samples of a round that binds a variable within the last row.
func (s *Sum) inRow(g *group) (p samples) {
	h, n := s.width/2, len(s.data)
	sc := &scratch{upper: make([]fr.Vector, n)}
	sc.a, sc.d, sc.x = make([]fr.Vector, n), make([]fr.Vector, n), make([]fr.Vector, n)
	room := s.spec.Arena.elements.get((2*len(g.used) + 1) * h)
	defer s.spec.Arena.elements.put(room)
	cut := func() (v fr.Vector) { v, room = room[:h:h], room[h:]; return }
	sc.tmp = cut()
	for _, c := range g.used {
		sc.a[c], sc.upper[c] = s.data[c][:h], s.data[c][h:]
		sc.d[c], sc.x[c] = cut(), cut()
		sc.d[c].Sub(sc.upper[c], sc.a[c])
	}
	var e fr.Vector
	if g.weighted {
		e = make(fr.Vector, h)
		e.Add(s.e[:h], s.e[h:])
	}
	p[0], p[1] = evaluate(g.terms, sc.a, e, sc.tmp), evaluate(g.terms, sc.upper, e, sc.tmp)
	for i := range g.degree - 1 {
		g.high[i] = make(fr.Vector, 1)
	}
	g.further(0, e, sc)
	for i := range g.degree - 1 {
		p[2+i] = g.high[i][0]
	}
	return
}

// bindCell binds a variable within the last row to r.
func (s *Sum) bindCell(r *fr.Element) {
	h, line := s.width/2, newLine(r)
	kernel.For(len(s.data), max(1, 4*block/s.width), func(lo, hi int) {
		for c := lo; c < hi; c++ {
			v := s.data[c]
			line.lerp(v[:h], v[:h], v[h:], v[h:])
			s.data[c] = v[:h]
		}
	})
	if s.e != nil {
		e := s.e[:h]
		e.Add(e, s.e[h:])
		s.e = e
	}
	s.width = h
}
