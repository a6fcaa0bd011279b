package spartan

import (
	"fold.example/fold/internal/curve"
	"fold.example/fold/r1cs"
)

// prover is a side with its masked witness.
type prover[E curve.Element, C comparable] struct {
	*side[E, C]
	c        *curve.Curve[E, C]
	shape    *r1cs.Shape[E]
	proof    *sideProof[E, C]
	witness  Witness[E]
	products r1cs.Products[E]
}

// outer proves that all rows hold, up to the values at a point.
func (p *prover[E, C]) outer(tr channel[E, C]) {
	c, vars := p.c, p.rowVars()
	a, b, cz := c.Padded(p.products.A, vars), c.Padded(p.products.B, vars), c.Padded(p.products.C, vars)
	d, tau := make([]E, 1<<vars), challenges(tr, vars)
	c.Scale(d, cz, p.u)
	e := d[:len(p.witness.E)]
	c.AddTo(e, e, p.witness.E)
	outer := newOuter(c.Field, tau, a, b, d)
	messages, rx := proveOuter(tr, outer, vars)
	values := [3]E{outer.a[0], outer.b[0], c.Dot(c.EqTable(rx), cz)}
	value := c.Sub(c.Mul(values[0], values[1]), outer.d[0])
	p.proof.outer, p.proof.values = messages, values
	tr.Absorb("values", values[:]...)
	p.enter(rx, value, values, tr.Challenge())
}

// z returns w, u and x in their columns.
func (p *prover[E, C]) z() []E {
	z := p.c.Padded(p.witness.W, p.columnVars())
	for i, v := range append([]E{p.u}, p.x...) {
		z[p.column(i)] = v
	}
	return z
}

// summands are the sums of the side's claims, in their order.
func (p *prover[E, C]) summands(t []E) (out []summand[E]) {
	c, vars := p.c, p.columnVars()
	low := t[len(t)-vars:]
	for i := range p.parts {
		from, to := p.bounds(i)
		outside, part := c.EqTable(low), make([]E, 1<<vars)
		clear(outside[from:to])
		copy(part[from:to], p.witness.W[from:to])
		out = append(out, &product[E]{c.Field, outside, part})
	}
	return append(out, &product[E]{c.Field, c.EqTable(p.rx), c.Padded(p.witness.E, p.rowVars())})
}

// columns returns A + rho B + rho^2 C at rx in the rows, for every column of z: one
// pass over all entries.
func (p *prover[E, C]) columns() []E {
	c := p.c
	minus := c.MinusOne()
	var rows [3][]E
	rows[0] = c.EqTable(p.rx)
	for k := 1; k < 3; k++ {
		rows[k] = make([]E, len(rows[0]))
		c.Scale(rows[k], rows[0], p.rho[k])
	}
	out := make([]E, 1<<p.columnVars())
	for e := range p.shape.All() {
		to, row := &out[p.column(e.Column)], rows[e.Matrix][e.Row]
		switch e.Value {
		case c.One:
			*to = c.Add(*to, row)
		case minus:
			*to = c.Sub(*to, row)
		default:
			*to = c.Add(*to, c.Mul(row, e.Value))
		}
	}
	return out
}

// reduce plays the side's last sumcheck, in rounds of a degree, for claims that
// summands[k] belongs to. It returns the point, the weights, and the value that the sum
// has there.
func (p *prover[E, C]) reduce(
	tr channel[E, C], t []E, degree int, claims []claim[E], summands []summand[E],
) (s, weights []E, value E) {
	c := p.c
	weights, sum := weigh(p.ar, tr.Challenge(), t, claims)
	for k, claim := range claims {
		missing := len(t) - claim.vars
		if !claim.late {
			summands[k] = &lifted[E]{f: c.Field, idle: t[:missing], prefix: c.One, value: claim.value,
				inner: summands[k]}
		}
	}
	p.proof.batch, s = proveBatch(c.Field, tr, len(t), degree, summands, weights)
	return s, weights, batchValue(p.ar, sum, p.proof.batch, s)
}

// opened returns what the side opens, its witness and error vector with the factors
// of its polynomials, and the blind.
func (p *prover[E, C]) opened(factors []E) (values []E, blind E) {
	c, parts := p.c, len(p.parts)
	values = make([]E, max(len(p.witness.W), len(p.witness.E)))
	add := func(at int, v []E, factor, b E) {
		scaled := make([]E, len(v))
		c.Scale(scaled, v, factor)
		c.AddTo(values[at:at+len(v)], values[at:at+len(v)], scaled)
		blind = c.Add(blind, c.Mul(factor, b))
	}
	for i := range parts {
		from, to := p.bounds(i)
		add(from, p.witness.W[from:to], factors[i], p.witness.BlindW[i])
	}
	add(0, p.witness.E, factors[parts], p.witness.BlindE)
	return values, blind
}

// evaluateMatrices is the function evaluateMatrices at the prover's challenges.
func (p *prover[E, C]) evaluateMatrices(y []E) E {
	return evaluateMatrices[E](p.c.Field, p.shape, p.rx, p.rho, y)
}
