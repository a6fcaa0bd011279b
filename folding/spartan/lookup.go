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

// matrixProof is the part of a proof that shows the matrices' value at (rx, ry).
type matrixProof struct {
	inner [][]fr.Element // the sumcheck that ends in ry
	value fr.Element     // A + rho B + rho^2 C there
	// looked are the commitments to the tables' values at the entries' indices, and
	// inverses those to h, over the entries, and g, over the indices.
	looked   [axes]bn254.G1Affine
	inverses [2 * axes]bn254.G1Affine
	// values are those of looked and inverses where the last sumcheck ends.
	values [3 * axes]fr.Element
}

// lookups is what prover and verifier know of the argument about the matrices:
//
//	value = sum_j value_j X_j Y_j,   X_j = x(row index of j), Y_j = y(column index of j)
//
// with the tables x(matrix, row) = rho^matrix eq(rx, row) and y = eq(ry, .). That X
// and Y are looked up is shown by inverses (Haböck, eprint 2022/1530): with
// w_i = alpha - i - beta x_i for a table, and w_j alike for an entry,
//
//	h_j w_j = 1 for all entries, g_i w_i = count_i for all indices, sum h = sum g.
type lookups struct {
	*matrixKey
	form
	rx, ry, rho []fr.Element
	total       fr.Element // the value
	alpha, beta fr.Element
	omega       []fr.Element // weights of the parts of the one claim
	sigma       []fr.Element // the point at which the relations are taken
	polys       int          // the number of the first polynomial, fixed then looked then inverses
}

// Numbers of weights: one for the value, then one an axis of each kind.
const (
	weightCells = 1
	weightSums  = weightCells + axes
	weightTable = weightSums + axes
	weights     = weightTable + axes
)

// beginLookups absorbs looked and draws alpha and beta.
func beginLookups(h *mainHalf, tr *transcript.Native, key *matrixKey, ry []fr.Element, p *matrixProof) *lookups {
	transcript.AbsorbPoints(tr, "looked", p.looked[:]...)
	return &lookups{
		matrixKey: key, form: h.form, rx: h.rx, ry: ry, rho: h.rho, total: p.value,
		alpha: tr.Challenge(), beta: tr.Challenge(),
	}
}

// draw absorbs inverses, draws what is left, and numbers the polynomials.
func (l *lookups) draw(tr *transcript.Native, h *mainHalf, p *matrixProof) {
	transcript.AbsorbPoints(tr, "inverses", p.inverses[:]...)
	l.sigma = bn254Curve.challenges(tr, max(l.entryVars(), l.axisVars(byRow), l.axisVars(byColumn)))
	l.omega = frField.powers(tr.Challenge(), weights)
	l.polys = len(h.polys)
	for _, list := range [][]bn254.G1Affine{l.fixed[:], p.looked[:], p.inverses[:]} {
		for _, c := range list {
			h.commit(c)
		}
	}
}

// The polynomials' numbers, of one axis.
func (l *lookups) index(axis int) int  { return l.polys + fixedIndex + axis }
func (l *lookups) counts(axis int) int { return l.polys + fixedCounts + axis }
func (l *lookups) sent(i int) int      { return l.polys + fixedPolys + i }
func (l *lookups) end() int            { return l.sent(3 * axes) }

// claims is one claim, in three sums: over the entries and over either axis' indices. p
// must have the values when the claim is evaluated.
func (l *lookups) claims(p *matrixProof) []claim[fr.Element] {
	f := frField
	sigma := l.sigma[len(l.sigma)-l.entryVars():]
	live := poly.Live(new(arith.Native), uint64(l.entries), sigma)
	cells := claim[fr.Element]{vars: l.entryVars(), value: l.total, late: true}
	cells.at = func(y []fr.Element) (terms []term[fr.Element], known fr.Element) {
		eq := f.eq(sigma, y)
		for a := range axes {
			x, h := p.values[a], p.values[axes+a]
			row := f.mul(eq, l.omega[weightCells+a])
			terms = append(terms, term[fr.Element]{l.index(a), f.sub(f.zero, f.mul(row, h))})
			known = f.add(known, f.mul(f.mul(row, h), f.sub(l.alpha, f.mul(l.beta, x))))
			known = f.add(known, f.mul(l.omega[weightSums+a], h))
		}
		product := f.mul(p.values[byRow], p.values[byColumn])
		return append(terms, term[fr.Element]{l.polys + fixedValues, product}), known
	}
	out := []claim[fr.Element]{cells}
	for a := range axes {
		out[0].value = f.add(out[0].value, f.mul(l.omega[weightCells+a], live))
		out = append(out, claim[fr.Element]{vars: l.axisVars(a), late: true, joined: true,
			at: func(y []fr.Element) ([]term[fr.Element], fr.Element) {
				g, row := p.values[2*axes+a], f.mul(l.omega[weightTable+a], f.eq(l.sigma[len(l.sigma)-len(y):], y))
				known := f.mul(row, f.mul(g, l.pole(a, y)))
				known = f.sub(known, f.mul(l.omega[weightSums+a], g))
				return []term[fr.Element]{{l.counts(a), f.sub(f.zero, row)}}, known
			}})
	}
	return out
}

// pole evaluates alpha - i - beta x_i, for an axis' table, at a point.
func (l *lookups) pole(axis int, y []fr.Element) fr.Element {
	f := frField
	var i fr.Element
	for _, x := range y {
		i = f.add(f.add(i, i), x)
	}
	return f.sub(f.sub(l.alpha, i), f.mul(l.beta, l.table(axis, y)))
}

// table evaluates x or y at a point.
func (l *lookups) table(axis int, at []fr.Element) fr.Element {
	f := frField
	if axis == byColumn {
		return f.eq(l.ry, at)
	}
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
