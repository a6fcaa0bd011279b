package poly

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

// addGroups adds the terms to groups by degree.
func (s *Sum) addGroups(terms []Term, weighted bool) {
	for degree := 1; degree <= maxDegree; degree++ {
		g := group{degree: degree, weighted: weighted}
		seen := make([]bool, len(s.spec.Columns))
		for _, term := range terms {
			if len(term.Factors) != degree {
				continue
			}
			for _, c := range term.Factors {
				if !seen[c] {
					seen[c] = true
					g.used = append(g.used, c)
				}
			}
			g.split(term, s.spec.Columns)
		}
		if g.used != nil {
			g.rows = make(fr.Vector, len(s.live))
			for i := range degree - 1 {
				g.high[i] = make(fr.Vector, len(s.live)/2)
			}
			s.groups = append(s.groups, g)
		}
	}
}

// split scales a term by its columns' scales and stores it. Until a variable is bound, the
// term is evaluated on integers if its product fits: a difference of cells of m bits is
// below 2^m in magnitude, and a sample at -1 or 2 is below 2^(m+2).
func (g *group) split(term Term, columns []Column) {
	bits, scaled := 0, term.Coef
	for _, c := range term.Factors {
		w, scale := columns[c].width(), columns[c].scale()
		if w == 0 {
			w = 64
		}
		bits += w
		if g.degree > 2 {
			bits += 2
		}
		scaled.Mul(&scaled, &scale)
	}
	g.terms = append(g.terms, Term{scaled, term.Factors})
	if bits <= maxIntBits {
		g.onInts = append(g.onInts, term)
	} else {
		g.onField = append(g.onField, Term{scaled, term.Factors})
	}
}

func (g *group) messageDegree() int {
	if g.weighted {
		return g.degree + 1
	}
	return g.degree
}

// total returns sum_t w[t] V[t]. For a group without eq, w is ignored and all weights are
// one.
func (g *group) total(w fr.Vector) fr.Element { return g.weigh(g.rows, w) }

func (g *group) weigh(v, w fr.Vector) fr.Element {
	if g.weighted {
		return innerProduct(v, w)
	}
	return v.Sum()
}

// collect returns the samples summed over the row pairs t with weights w[t].
func (g *group) collect(w fr.Vector) (p samples) {
	h := len(g.rows) / 2
	p[0], p[1] = g.weigh(g.rows[:h], w), g.weigh(g.rows[h:], w)
	for i := range g.degree - 1 {
		p[2+i] = g.weigh(g.high[i], w)
	}
	return
}

// bind computes the next round's V: V'[t] = p_t(r).
func (g *group) bind(r *fr.Element) {
	w := weightsAt(g.degree, r)
	h := len(g.rows) / 2
	a, b := g.rows[:h], g.rows[h:]
	a.ScalarMul(a, &w[0])
	b.ScalarMul(b, &w[1])
	a.Add(a, b)
	for i := range g.degree - 1 {
		v := g.high[i]
		v.ScalarMul(v, &w[2+i])
		a.Add(a, v)
		g.high[i] = v[:h/2]
	}
	g.rows = a
}
