package spartan

import (
	"fold/internal/transcript"
	"fold/r1cs"
)

// prover is a half with its masked witness.
type prover[E r1cs.Element, C comparable] struct {
	*half[E, C]
	proof    *halfProof[E, C]
	witness  Witness[E]
	products r1cs.Products[E]
}

// outer proves that all rows hold, up to the values at a point.
func (p *prover[E, C]) outer(tr *transcript.Native) {
	c, vars := p.c, p.rowVars()
	a, b, cz := c.padded(p.products.A, vars), c.padded(p.products.B, vars), c.padded(p.products.C, vars)
	d, tau := make([]E, 1<<vars), c.challenges(tr, vars)
	c.scale(d, cz, p.u)
	e := d[:len(p.witness.E)]
	c.addTo(e, e, p.witness.E)
	outer := newOuter(c.field, tau, a, b, d)
	messages, rx := proveOuter(c, tr, outer, vars)
	values := [3]E{outer.a[0], outer.b[0], c.dot(c.eqTable(rx), cz)}
	value := c.sub(c.mul(values[0], values[1]), outer.d[0])
	p.proof.outer, p.proof.values = messages, values
	p.enter(tr, rx, value, values)
}

// padded returns a copy of v with zeros up to 2^vars.
func (f *field[E]) padded(v []E, vars int) []E {
	out := make([]E, 1<<vars)
	copy(out, v)
	return out
}

// z returns w, u and x in their columns.
func (p *prover[E, C]) z() []E {
	z := p.c.padded(p.witness.W, p.columnVars())
	for i, v := range append([]E{p.u}, p.x...) {
		z[p.column(i)] = v
	}
	return z
}

// summands are the sums of the half's claims, in their order.
func (p *prover[E, C]) summands(t []E) (out []summand[E]) {
	c, vars := p.c, p.columnVars()
	low := t[len(t)-vars:]
	for i := range p.parts {
		from, to := p.bounds(i)
		outside, part := c.eqTable(low), make([]E, 1<<vars)
		clear(outside[from:to])
		copy(part[from:to], p.witness.W[from:to])
		out = append(out, &product[E]{c.field, outside, part})
	}
	return append(out, &product[E]{c.field, c.eqTable(p.rx), c.padded(p.witness.E, p.rowVars())})
}

// columns returns A + rho B + rho^2 C at rx in the rows, for every column of z: one
// pass over all entries.
func (p *prover[E, C]) columns() []E {
	c := p.c
	minus := c.sub(c.zero, c.one)
	var rows [3][]E
	rows[0] = c.eqTable(p.rx)
	for k := 1; k < 3; k++ {
		rows[k] = make([]E, len(rows[0]))
		c.scale(rows[k], rows[0], p.rho[k])
	}
	out := make([]E, 1<<p.columnVars())
	for e := range p.shape.All() {
		to, row := &out[p.column(e.Column)], rows[e.Matrix][e.Row]
		switch e.Value {
		case c.one:
			*to = c.add(*to, row)
		case minus:
			*to = c.sub(*to, row)
		default:
			*to = c.add(*to, c.mul(row, e.Value))
		}
	}
	return out
}

// reduce plays the half's last sumcheck, in rounds of a degree, for claims that
// summands[k] belongs to. It returns the point, the weights, and the value that the sum
// has there.
func (p *prover[E, C]) reduce(tr *transcript.Native, t []E, degree int, claims []claim[E], summands []summand[E]) (s, weights []E, value E) {
	c := p.c
	weights, sum := weigh(c, tr, t, claims)
	for k, claim := range claims {
		missing := len(t) - claim.vars
		if !claim.late {
			summands[k] = &lifted[E]{f: c.field, idle: t[:missing], prefix: c.one, value: claim.value, inner: summands[k]}
		}
	}
	p.proof.batch, s = proveBatch(c, tr, len(t), degree, summands, weights)
	return s, weights, c.follow(sum, p.proof.batch, s)
}

// combined returns what the half opens, its witness and error vector with the factors
// of its polynomials, and the blind.
func (p *prover[E, C]) combined(factors []E) (values []E, blind E) {
	c, parts := p.c, len(p.parts)
	values = make([]E, max(len(p.witness.W), len(p.witness.E)))
	add := func(at int, v []E, factor, b E) {
		scaled := make([]E, len(v))
		c.scale(scaled, v, factor)
		c.addTo(values[at:at+len(v)], values[at:at+len(v)], scaled)
		blind = c.add(blind, c.mul(factor, b))
	}
	for i := range parts {
		from, to := p.bounds(i)
		add(from, p.witness.W[from:to], factors[i], p.witness.BlindW[i])
	}
	add(0, p.witness.E, factors[parts], p.witness.BlindE)
	return values, blind
}
