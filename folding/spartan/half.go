package spartan

import (
	"fold/internal/transcript"
	"fold/r1cs"
)

// half is what prover and verifier know of one curve's instance while they go.
type half[E r1cs.Element, C comparable] struct {
	c   *curve[E, C]
	rel Relation[E]

	// the masked instance
	w []combination[E, C]
	e combination[E, C]
	u E
	x []E

	rx     []E  // the point of the outer sumcheck
	values [3]E // Az, Bz, Cz there
	slack  E    // E there
	rho    []E  // 1, rho, rho^2: the weights of A, B, C in the inner sum
}

// halfProof is the part of a proof that is of one curve, but for the opening.
type halfProof[E r1cs.Element, C comparable] struct {
	mask   Instance[E, C] // a random instance that is satisfied
	cross  C              // the cross term's commitment
	outer  []pair[E]
	values [3]E
	inner  []pair[E]
}

// fold absorbs the masking instance and the cross term, draws r and returns the
// instance u + r mask, of which everything from here on is said.
func fold[E r1cs.Element, C comparable](c *curve[E, C], rel Relation[E], tr *transcript.Native, u Instance[E, C], p *halfProof[E, C]) (*half[E, C], E) {
	absorbInstance(tr, c, "mask", p.mask)
	c.absorbPoints(tr, "cross", p.cross)
	r := c.challenge(tr)
	h := &half[E, C]{c: c, rel: rel, u: c.add(u.U, c.mul(r, p.mask.U))}
	for i := range u.X {
		h.x = append(h.x, c.add(u.X[i], c.mul(r, p.mask.X[i])))
	}
	for i := range u.W {
		h.w = append(h.w, combination[E, C]{}.with(u.W[i], c.one).with(p.mask.W[i], r))
	}
	h.e = combination[E, C]{}.with(u.E, c.one).with(p.cross, r).with(p.mask.E, c.mul(r, r))
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

// claims returns the half's claims on its commitments:
//
//   - the matrices' combination, at rx in the rows, times z is that of the values;
//   - each part of the witness is zero where it has no variables, at the point t:
//     that is where the other parts and the public values are;
//   - the error vector's value at rx.
func (h *half[E, C]) claims(t []E) []claim[E, C] {
	c, vars := h.c, h.rel.columnVars()
	low := t[len(t)-vars:]
	var whole combination[E, C]
	for _, w := range h.w {
		whole = c.plus(whole, w, c.one)
	}
	out := []claim[E, C]{{on: whole, vars: vars, value: c.dot(h.rho, h.values[:]), at: h.matrices, public: h.public}}
	for i, w := range h.w {
		from, to := h.rel.bounds(i)
		out = append(out, claim[E, C]{on: w, vars: vars, at: func(y []E) E {
			inside := c.sub(c.below(to, low, y), c.below(from, low, y))
			return c.sub(c.eq(low, y), inside)
		}})
	}
	return append(out, claim[E, C]{on: h.e, vars: len(h.rx), value: h.slack, at: func(y []E) E { return c.eq(h.rx, y) }})
}

// public is the polynomial that is u and x in their columns, and zero elsewhere.
func (h *half[E, C]) public(y []E) E {
	c := h.c
	sum := c.zero
	for i, v := range append([]E{h.u}, h.x...) {
		sum = c.add(sum, c.mul(v, c.eqIndex(h.rel.column(i), y)))
	}
	return sum
}

// matrices evaluates A + rho B + rho^2 C at (rx, y): one pass over all entries.
func (h *half[E, C]) matrices(y []E) E {
	c, shape := h.c, h.rel.Shape
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
