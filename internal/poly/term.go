package poly

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

// Term is Coef times the product of one to four columns. Factors holds the columns'
// indices; a column may occur more than once.
type Term struct {
	Coef    fr.Element
	Factors []int
}

// group is the terms of one degree, either all with or all without the factor eq(tau, x).
// The degree determines the number of further samples of a row pair: none for degree 1, the
// leading coefficient for degree 2.
type group struct {
	degree   int
	weighted bool
	used     []int  // columns that the terms read
	terms    []Term // coefficients include the columns' scales
	onInts   []Term // before anything is bound: terms on integers, without the columns' scales
	onField  []Term // before anything is bound: the other terms, with scales
	// rows[t] = sum_k E[k] q(t,k) for the unbound rows. For every row pair t these are the
	// samples p_t(0) = rows[t] and p_t(1) = rows[t+h].
	rows fr.Vector
	// high[i][t] is further sample i of row pair t, i < degree-1.
	high [maxDegree - 1]fr.Vector
}

// evaluate returns sum_k E[k] sum_terms coef prod_f x_f[k]. A nil E is a vector of ones.
func evaluate(terms []Term, x []fr.Vector, e, tmp fr.Vector) (sum fr.Element) {
	for i := range terms {
		v := product(terms[i].Factors, x, e, tmp)
		if !terms[i].Coef.IsOne() {
			v.Mul(&v, &terms[i].Coef)
		}
		sum.Add(&sum, &v)
	}
	return
}

// product returns sum_k E[k] prod_f x_f[k]. A nil E is a vector of ones.
func product(f []int, x []fr.Vector, e, tmp fr.Vector) fr.Element {
	last := e
	if e == nil {
		last, f = x[f[len(f)-1]], f[:len(f)-1]
	}
	switch len(f) {
	case 0:
		return last.Sum()
	case 1:
		return innerProduct(x[f[0]], last)
	}
	tmp = tmp[:len(last)]
	multiply(tmp, x[f[0]], x[f[1]])
	for _, g := range f[2:] {
		multiply(tmp, tmp, x[g])
	}
	return innerProduct(tmp, last)
}

// view is a row pair as polynomials a + X d for each column: as field elements and, until a
// variable is bound, as integers.
type view struct {
	a, d, x    []fr.Vector // x has room for a + X d at a sample
	ia, id, ix [][]int64   // nil once bound
}

// further computes the further samples of row pair t.
func (g *group) further(t int, e fr.Vector, sc *scratch) {
	if g.degree < 2 {
		return
	}
	g.high[0][t] = g.value(sc.d, sc.id, e, sc)
	for i, at := range []int64{-1, 2}[:g.degree-2] {
		for _, c := range g.used {
			sc.shift(c, at)
		}
		g.high[1+i][t] = g.value(sc.x, sc.ix, e, sc)
	}
}

// shift sets x = a + at*d for column c; at is -1 or 2.
func (v *view) shift(c int, at int64) {
	x, a, d := v.x[c], v.a[c], v.d[c]
	if at < 0 {
		x.Sub(a, d)
	} else {
		x.Add(a, d)
		x.Add(x, d)
	}
	if v.ia != nil {
		for k, w := range v.id[c] {
			v.ix[c][k] = v.ia[c][k] + at*w
		}
	}
}

// value returns the group's sum over the columns x; until a variable is bound, over the
// columns x and the integers ix.
func (g *group) value(x []fr.Vector, ix [][]int64, e fr.Vector, sc *scratch) fr.Element {
	if ix == nil {
		return evaluate(g.terms, x, e, sc.tmp)
	}
	v := evaluateInts(g.onInts, ix, e, sc.tmp, sc.itmp)
	w := evaluate(g.onField, x, e, sc.tmp)
	v.Add(&v, &w)
	return v
}
