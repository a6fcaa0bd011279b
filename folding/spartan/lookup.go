package spartan

import (
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/arith"
	"fold/internal/poly"
	"fold/internal/transcript"
)

// matrixDegree is the degree of the main half's last sumcheck.
const matrixDegree = 3

// matrixProof is the part of a proof that shows what the matrices times z are.
type matrixProof struct {
	// looked are the commitments to the tables' values at the entries' indices, and
	// inverses those to h, over the entries, and g, over the indices.
	looked   [axes]bn254.G1Affine
	inverses [2 * axes]bn254.G1Affine
	// values are those of looked and inverses where the last sumcheck ends.
	values [3 * axes]fr.Element
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
type lookups struct {
	*mainHalf
	*matrixKey
	alpha, beta fr.Element
	sigma       []fr.Element // the point at which the relations are taken
	omega       []fr.Element // weights of the parts of the one claim
	first       int          // the number of the first polynomial: fixed, then looked, then inverses
}

// Numbers of weights: one for the value, then one an axis of each kind.
const (
	weightCells = 1
	weightSums  = weightCells + axes
	weightTable = weightSums + axes
	weights     = weightTable + axes
)

// beginLookups absorbs looked and draws alpha and beta.
func beginLookups(h *mainHalf, key *matrixKey, tr *transcript.Native, p *matrixProof) *lookups {
	transcript.AbsorbPoints(tr, "looked", p.looked[:]...)
	return &lookups{mainHalf: h, matrixKey: key, alpha: tr.Challenge(), beta: tr.Challenge()}
}

// draw absorbs inverses, draws what is left, and numbers the polynomials.
func (l *lookups) draw(tr *transcript.Native, p *matrixProof) {
	transcript.AbsorbPoints(tr, "inverses", p.inverses[:]...)
	l.sigma = bn254Curve.challenges(tr, max(l.entryVars(), l.axisVars(byRow), l.axisVars(byColumn)))
	l.omega = frField.powers(tr.Challenge(), weights)
	l.first = len(l.polys)
	for _, list := range [][]bn254.G1Affine{l.fixed[:], p.looked[:], p.inverses[:]} {
		for _, c := range list {
			l.commit(c)
		}
	}
}

// The polynomials' numbers, of one axis.
func (l *lookups) index(axis int) int  { return l.first + fixedIndex + axis }
func (l *lookups) counts(axis int) int { return l.first + fixedCounts + axis }
func (l *lookups) sent(i int) int      { return l.first + fixedPolys + i }
func (l *lookups) end() int            { return l.sent(3 * axes) }

// claims is one claim, in three sums: over the entries and over either axis' indices. p
// must have the values when the claim is evaluated.
func (l *lookups) claims(p *matrixProof) []claim[fr.Element] {
	f := frField
	sigma := l.sigma[len(l.sigma)-l.entryVars():]
	live := poly.Live(new(arith.Native), uint64(l.entries), sigma)
	total := l.inner()
	for a := range axes {
		total = f.add(total, f.mul(l.omega[weightCells+a], live))
	}
	return []claim[fr.Element]{
		{vars: l.entryVars(), value: total, late: true, at: func(y []fr.Element) ([]term[fr.Element], fr.Element) {
			return l.cells(p, f.eq(sigma, y))
		}},
		{vars: l.axisVars(byRow), late: true, joined: true, at: func(y []fr.Element) ([]term[fr.Element], fr.Element) {
			row, terms, known := l.table(p, byRow, y)
			return terms, f.sub(known, f.mul(row, f.mul(l.beta, l.rowTable(y))))
		}},
		{vars: l.axisVars(byColumn), late: true, joined: true, at: func(y []fr.Element) ([]term[fr.Element], fr.Element) {
			row, terms, known := l.table(p, byColumn, y)
			z := f.mul(row, l.beta)
			return append(terms, l.witness(f.sub(f.zero, z))...), f.sub(known, f.mul(z, l.public(y)))
		}},
	}
}

// cells is what is summed over the entries, eq being that of sigma.
func (l *lookups) cells(p *matrixProof, eq fr.Element) (terms []term[fr.Element], known fr.Element) {
	f := frField
	for a := range axes {
		x, h := p.values[a], p.values[axes+a]
		row := f.mul(eq, f.mul(l.omega[weightCells+a], h))
		terms = append(terms, term[fr.Element]{l.index(a), f.sub(f.zero, row)})
		known = f.add(known, f.mul(row, f.sub(l.alpha, f.mul(l.beta, x))))
		known = f.add(known, f.mul(l.omega[weightSums+a], h))
	}
	product := f.mul(p.values[byRow], p.values[byColumn])
	return append(terms, term[fr.Element]{l.first + fixedValues, product}), known
}

// table is what is summed over an axis' indices, but for the table itself: of that,
// -row beta times the value is to be added.
func (l *lookups) table(p *matrixProof, axis int, y []fr.Element) (row fr.Element, terms []term[fr.Element], known fr.Element) {
	f, g := frField, p.values[2*axes+axis]
	eq := f.mul(l.omega[weightTable+axis], f.eq(l.sigma[len(l.sigma)-len(y):], y))
	row = f.mul(eq, g)
	var i fr.Element // the index
	for _, x := range y {
		i = f.add(f.add(i, i), x)
	}
	known = f.sub(f.mul(row, f.sub(l.alpha, i)), f.mul(l.omega[weightSums+axis], g))
	return row, []term[fr.Element]{{l.counts(axis), f.sub(f.zero, eq)}}, known
}

// rowTable evaluates the rows' table at a point.
func (l *lookups) rowTable(at []fr.Element) fr.Element {
	f := frField
	var weight fr.Element
	for k, rho := range l.rho {
		weight = f.add(weight, f.mul(rho, f.eqIndex(k, at[:2])))
	}
	return f.mul(weight, f.eq(l.rx, at[2:]))
}

// valuesAt takes the values that were sent into the opening at s: it draws kappa, adds
// its powers to the polynomials' factors, and returns what to add to the value.
func (l *lookups) valuesAt(tr *transcript.Native, p *matrixProof, s, factors []fr.Element) (value fr.Element) {
	f := frField
	tr.Absorb("lookup values", p.values[:]...)
	power := f.powers(tr.Challenge(), 1+len(p.values))[1:]
	for i, v := range p.values {
		vars := l.entryVars()
		if i >= 2*axes {
			vars = l.axisVars(i - 2*axes)
		}
		factors[l.sent(i)] = f.add(factors[l.sent(i)], power[i])
		v = f.mul(v, f.eqIndex(0, s[:len(s)-vars]))
		value = f.add(value, f.mul(power[i], v))
	}
	return
}
