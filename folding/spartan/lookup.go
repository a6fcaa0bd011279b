package spartan

import "fold.example/fold/internal/poly"

// matrixDegree is the degree of the main side's last sumcheck.
const matrixDegree = 3

// matrixProof is the messages that show what the matrices times z are.
type matrixProof[E, C any] struct {
	// looked are the commitments to the tables' values at the entries' indices, and
	// inverses those to h, over the entries, and g, over the indices.
	looked   [axes]C
	inverses [2 * axes]C
	// values are those of looked and inverses where the last sumcheck ends.
	values [3 * axes]E
}

// lookups is what prover and verifier know of the argument about the matrices:
//
//	total = sum_j value_j X_j Y_j,   X_j = x(row index of j), Y_j = z(column index of j)
//
// with the tables x(matrix, row) = rho^matrix eq(rx, row) and z. That X and Y are
// looked up is shown by inverses (Haböck, eprint 2022/1530): with
// w_i = alpha - i - beta x_i for a table, and w_j alike for an entry,
//
//	h_j w_j = 1 for all entries, g_i w_i = count_i for all indices, sum h = sum g.
type lookups[E, C any] struct {
	*side[E, C]
	*matrixKey[C]
	alpha, beta E
	sigma       []E // the point at which the relations are taken
	omega       []E // weights of the parts of the one claim
	first       int // the number of the first polynomial: fixed, then looked, then inverses
}

// Numbers of weights: one for the value, then one an axis of each kind.
const (
	weightCells = 1
	weightSums  = weightCells + axes
	weightTable = weightSums + axes
	weights     = weightTable + axes
)

// sigmaVars is the number of coordinates of sigma.
func (k *matrixKey[C]) sigmaVars(f form) int {
	return max(k.entryVars(), f.axisVars(byRow), f.axisVars(byColumn))
}

// enter takes over sigma and omega, and numbers the polynomials.
func (l *lookups[E, C]) enter(p *matrixProof[E, C], sigma []E, omega E) {
	l.sigma, l.omega, l.first = sigma, poly.Powers(l.ar, omega, weights), len(l.polys)
	for _, list := range [][]C{l.fixed[:], p.looked[:], p.inverses[:]} {
		for _, c := range list {
			l.commit(c)
		}
	}
}

// The polynomials' numbers, of one axis.
func (l *lookups[E, C]) index(axis int) int  { return l.first + fixedIndex + axis }
func (l *lookups[E, C]) counts(axis int) int { return l.first + fixedCounts + axis }
func (l *lookups[E, C]) sent(i int) int      { return l.first + fixedPolys + i }
func (l *lookups[E, C]) end() int            { return l.sent(3 * axes) }

// claims is one claim, in three sums: over the entries and over either axis' indices. p
// must have the values when the claim is evaluated.
func (l *lookups[E, C]) claims(p *matrixProof[E, C]) []claim[E] {
	ar := l.ar
	sigma := l.sigma[len(l.sigma)-l.entryVars():]
	live := poly.Live(l.ar, uint64(l.entries), sigma)
	total := l.inner()
	for a := range axes {
		total = ar.Add(total, ar.Mul(l.omega[weightCells+a], live))
	}
	return []claim[E]{
		{vars: l.entryVars(), value: total, late: true, at: func(y []E) ([]term[E], E) {
			return l.cells(p, poly.Eq(ar, sigma, y))
		}},
		{vars: l.axisVars(byRow), value: l.zero(), late: true, joined: true, at: func(y []E) ([]term[E], E) {
			row, terms, known := l.table(p, byRow, y)
			return terms, ar.Sub(known, ar.Mul(row, ar.Mul(l.beta, l.rowTable(y))))
		}},
		{vars: l.axisVars(byColumn), value: l.zero(), late: true, joined: true, at: func(y []E) ([]term[E], E) {
			row, terms, known := l.table(p, byColumn, y)
			z := ar.Mul(row, l.beta)
			return append(terms, l.witness(ar.Neg(z))...), ar.Sub(known, ar.Mul(z, l.public(y)))
		}},
	}
}

// cells returns the summand over the entries. eq is eq(sigma, y).
func (l *lookups[E, C]) cells(p *matrixProof[E, C], eq E) (terms []term[E], known E) {
	ar := l.ar
	known = l.zero()
	for a := range axes {
		x, h := p.values[a], p.values[axes+a]
		row := ar.Mul(eq, ar.Mul(l.omega[weightCells+a], h))
		terms = append(terms, term[E]{l.index(a), ar.Neg(row)})
		known = ar.Add(known, ar.Mul(row, ar.Sub(l.alpha, ar.Mul(l.beta, x))))
		known = ar.Add(known, ar.Mul(l.omega[weightSums+a], h))
	}
	product := ar.Mul(p.values[byRow], p.values[byColumn])
	return append(terms, term[E]{l.first + fixedValues, product}), known
}

// table returns the summand over an axis' indices without the term of the table x itself,
// which the caller adds: -row beta x(y).
func (l *lookups[E, C]) table(p *matrixProof[E, C], axis int, y []E) (row E, terms []term[E], known E) {
	ar, g := l.ar, p.values[2*axes+axis]
	eq := ar.Mul(l.omega[weightTable+axis], poly.Eq(ar, l.sigma[len(l.sigma)-len(y):], y))
	row = ar.Mul(eq, g)
	i := l.zero() // the index
	for _, x := range y {
		i = ar.Add(ar.Add(i, i), x)
	}
	known = ar.Sub(ar.Mul(row, ar.Sub(l.alpha, i)), ar.Mul(l.omega[weightSums+axis], g))
	return row, []term[E]{{l.counts(axis), ar.Neg(eq)}}, known
}

// rowTable evaluates the rows' table at a point.
func (l *lookups[E, C]) rowTable(at []E) E {
	ar := l.ar
	weight := l.zero()
	for k, rho := range l.rho {
		weight = ar.Add(weight, ar.Mul(rho, poly.EqBits(ar, uint64(k), at[:2])))
	}
	return ar.Mul(weight, poly.Eq(ar, l.rx, at[2:]))
}

// valuesAt takes the values that were sent into the opening at s: it adds the powers of
// kappa to the polynomials' factors, and returns what to add to the value.
func (l *lookups[E, C]) valuesAt(p *matrixProof[E, C], kappa E, s, factors []E) (value E) {
	ar := l.ar
	value = l.zero()
	power := poly.Powers(ar, kappa, 1+len(p.values))[1:]
	for i, v := range p.values {
		vars := l.entryVars()
		if i >= 2*axes {
			vars = l.axisVars(i - 2*axes)
		}
		factors[l.sent(i)] = ar.Add(factors[l.sent(i)], power[i])
		v = ar.Mul(v, poly.EqBits(ar, 0, s[:len(s)-vars]))
		value = ar.Add(value, ar.Mul(power[i], v))
	}
	return
}
