package spartan

import (
	"fold/internal/transcript"
	"fold/r1cs"
)

// half is what prover and verifier know of one curve's instance while they go.
type half[E r1cs.Element, C comparable] struct {
	c *curve[E, C]
	form
	shape *r1cs.Shape[E] // nil for a verifier who does not read it

	// polys are the commitments that claims are on: first the parts of the masked
	// instance's witness, then its error vector, then whatever else there is.
	polys []combination[E, C]
	u     E
	x     []E

	rx     []E  // the point of the outer sumcheck
	values [3]E // Az, Bz, Cz there
	slack  E    // E there
	rho    []E  // 1, rho, rho^2: the weights of A, B, C in the inner sum
}

// halfProof is the part of a proof that both curves have, but for the opening.
type halfProof[E r1cs.Element, C comparable] struct {
	mask   Instance[E, C] // a random instance that is satisfied
	cross  C              // the cross term's commitment
	outer  [][]E
	values [3]E
	batch  [][]E
}

// fold absorbs the masking instance and the cross term, draws r and returns the
// instance u + r mask, of which everything from here on is said.
func fold[E r1cs.Element, C comparable](c *curve[E, C], f form, shape *r1cs.Shape[E], tr *transcript.Native, u Instance[E, C], p *halfProof[E, C]) (*half[E, C], E) {
	absorbInstance(tr, c, "mask", p.mask)
	c.absorbPoints(tr, "cross", p.cross)
	r := c.challenge(tr)
	h := &half[E, C]{c: c, form: f, shape: shape, u: c.add(u.U, c.mul(r, p.mask.U))}
	for i := range u.X {
		h.x = append(h.x, c.add(u.X[i], c.mul(r, p.mask.X[i])))
	}
	for i := range u.W {
		h.polys = append(h.polys, combination[E, C]{}.with(u.W[i], c.one).with(p.mask.W[i], r))
	}
	h.polys = append(h.polys, combination[E, C]{}.with(u.E, c.one).with(p.cross, r).with(p.mask.E, c.mul(r, r)))
	return h, r
}

// enter takes over the outer sumcheck's results, value being that of a b - d, and
// draws rho.
func (h *half[E, C]) enter(tr *transcript.Native, rx []E, value E, values [3]E) {
	c := h.c
	c.absorbScalars(tr, "values", values[:]...)
	h.rx, h.values = rx, values
	h.slack = c.sub(c.sub(c.mul(values[0], values[1]), c.mul(h.u, values[2])), value)
	h.rho = c.powers(c.challenge(tr), 3)
}

// commit adds a commitment to those that claims are on and returns its number.
func (h *half[E, C]) commit(p C) int {
	h.polys = append(h.polys, combination[E, C]{}.with(p, h.c.one))
	return len(h.polys) - 1
}

// sum returns the commitment to the polynomials' sum with given factors.
func (h *half[E, C]) sum(factors []E) C {
	var all combination[E, C]
	for i, p := range h.polys {
		all = h.c.plus(all, p, factors[i])
	}
	return h.c.sum(all.points, all.scalars)
}

// inner is the value that A + rho B + rho^2 C, at rx in the rows, times z must have.
func (h *half[E, C]) inner() E { return h.c.dot(h.rho, h.values[:]) }

// direct is the claim that it has, for a verifier who evaluates the matrices.
func (h *half[E, C]) direct() claim[E] {
	return claim[E]{vars: h.columnVars(), value: h.inner(), at: func(y []E) ([]term[E], E) {
		k := h.matrices(y)
		return h.witness(k), h.c.mul(k, h.public(y))
	}}
}

// witness is the whole witness with a factor.
func (h *half[E, C]) witness(factor E) (out []term[E]) {
	for i := range h.parts {
		out = append(out, term[E]{i, factor})
	}
	return
}

// claims returns the half's claims on its commitments: each part of the witness is
// zero where it has no variables, at the point t, and that is where the other parts and
// the public values are; and the error vector has its value at rx.
func (h *half[E, C]) claims(t []E) (out []claim[E]) {
	c, vars := h.c, h.columnVars()
	low := t[len(t)-vars:]
	for i := range h.parts {
		from, to := h.bounds(i)
		out = append(out, claim[E]{vars: vars, at: func(y []E) ([]term[E], E) {
			inside := c.sub(c.below(to, low, y), c.below(from, low, y))
			return []term[E]{{i, c.sub(c.eq(low, y), inside)}}, c.zero
		}})
	}
	return append(out, h.evaluation(len(h.parts), h.rx, h.slack))
}

// evaluation is the claim that a polynomial has a value at a point.
func (h *half[E, C]) evaluation(poly int, point []E, value E) claim[E] {
	return claim[E]{vars: len(point), value: value, at: func(y []E) ([]term[E], E) {
		return []term[E]{{poly, h.c.eq(point, y)}}, h.c.zero
	}}
}

// public is the polynomial that is u and x in their columns, and zero elsewhere.
func (h *half[E, C]) public(y []E) E {
	c := h.c
	sum := c.zero
	for i, v := range append([]E{h.u}, h.x...) {
		sum = c.add(sum, c.mul(v, c.eqIndex(h.column(i), y)))
	}
	return sum
}

// matrices evaluates A + rho B + rho^2 C at (rx, y): one pass over all entries.
func (h *half[E, C]) matrices(y []E) E {
	c, shape := h.c, h.shape
	e := c.eqTable(y)
	w, head := e[:shape.Private()], e[shape.Private():]
	p, err := shape.Multiply(head[0], head[1:1+shape.Public()], w)
	if err != nil {
		panic("spartan: " + err.Error()) // the lengths are the shape's
	}
	rows, sum := c.eqTable(h.rx)[:shape.Rows()], c.zero
	for k, v := range [][]E{p.A, p.B, p.C} {
		sum = c.add(sum, c.mul(h.rho[k], c.dot(rows, v)))
	}
	return sum
}
