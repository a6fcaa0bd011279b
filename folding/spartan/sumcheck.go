package spartan

import (
	"fold/internal/transcript"
	"fold/r1cs"
)

// outerDegree is the degree of what an outer round sends, innerDegree that of a batch
// of claims on polynomials. A round of degree d sends d elements: one coefficient
// follows from what the round's polynomial must sum to.
const (
	outerDegree = 2
	innerDegree = 2
)

// outerProver proves
//
//	0 = sum_x eq(tau, x) (a(x) b(x) - d(x)),  d = u Cz + E,
//
// the relaxed relation in all rows at a random point. As in Gruen (eprint 2024/108) a
// round's polynomial is sent without its factor eq: g(X) of degree 2, as
// (g_1, g_2), with g_0 from (1 - tau_i) g(0) + tau_i g(1) = the value so far.
type outerProver[E r1cs.Element] struct {
	f       *field[E]
	a, b, d []E
	eq      []E // of the variables after the round's
}

func newOuter[E r1cs.Element](f *field[E], tau, a, b, d []E) *outerProver[E] {
	p := &outerProver[E]{f: f, a: a, b: b, d: d}
	if len(tau) > 0 {
		p.eq = f.eqTable(tau[1:])
	}
	return p
}

// round returns g_1 and g_2.
func (p *outerProver[E]) round() []E {
	f, h := p.f, len(p.a)/2
	s, t := make([]E, h), make([]E, h)
	f.subTo(s, p.a[h:], p.a[:h])
	f.subTo(t, p.b[h:], p.b[:h])
	f.mulTo(s, s, t)
	g2 := f.dot(p.eq, s)
	at := func(lo, hi int) E {
		f.mulTo(s, p.a[lo:hi], p.b[lo:hi])
		f.subTo(s, s, p.d[lo:hi])
		return f.dot(p.eq, s)
	}
	g0, g01 := at(0, h), at(h, 2*h)
	return []E{f.sub(f.sub(g01, g0), g2), g2}
}

func (p *outerProver[E]) bind(r E) {
	for _, v := range []*[]E{&p.a, &p.b, &p.d} {
		*v = p.f.bind(*v, r)
	}
	if h := len(p.eq) / 2; h > 0 {
		p.f.addTo(p.eq[:h], p.eq[:h], p.eq[h:])
		p.eq = p.eq[:h]
	}
}

// bind fixes the first variable of v to r, in place.
func (f *field[E]) bind(v []E, r E) []E {
	lo, hi := v[:len(v)/2], v[len(v)/2:]
	f.subTo(hi, hi, lo)
	f.scale(hi, hi, r)
	f.addTo(lo, lo, hi)
	return lo
}

// proveOuter plays all rounds and returns the messages and the point.
func proveOuter[E r1cs.Element, C comparable](c *curve[E, C], tr *transcript.Native, p *outerProver[E], rounds int) (messages [][]E, point []E) {
	for range rounds {
		g := p.round()
		c.absorbScalars(tr, "outer round", g...)
		r := c.challenge(tr)
		p.bind(r)
		messages, point = append(messages, g), append(point, r)
	}
	return
}

// verifyOuter returns the point and the value that a b - d must have there.
func verifyOuter[E r1cs.Element, C comparable](c *curve[E, C], tr *transcript.Native, tau []E, messages [][]E) (point []E, value E) {
	for i, g := range messages {
		c.absorbScalars(tr, "outer round", g...)
		r := c.challenge(tr)
		g0 := c.sub(value, c.mul(tau[i], c.add(g[0], g[1])))
		value = c.add(g0, c.mul(r, c.add(g[0], c.mul(r, g[1]))))
		point = append(point, r)
	}
	return
}

// proveBatch plays n rounds of a degree for the sum of weights[k] times summand k. A
// message is (g_0, g_2, ..., g_degree).
func proveBatch[E r1cs.Element, C comparable](c *curve[E, C], tr *transcript.Native, n, degree int, summands []summand[E], weights []E) (messages [][]E, point []E) {
	for range n {
		g := make([]E, degree+1)
		for k, s := range summands {
			for i, x := range s.Round() {
				g[i] = c.add(g[i], c.mul(weights[k], x))
			}
		}
		g = append(g[:1], g[2:]...)
		c.absorbScalars(tr, "round", g...)
		r := c.challenge(tr)
		for _, s := range summands {
			s.Bind(&r)
		}
		messages, point = append(messages, g), append(point, r)
	}
	return
}

// verifyBatch returns the point and the value that the sum must have there.
func verifyBatch[E r1cs.Element, C comparable](c *curve[E, C], tr *transcript.Native, sum E, messages [][]E) (point []E, value E) {
	for _, g := range messages {
		c.absorbScalars(tr, "round", g...)
		point = append(point, c.challenge(tr))
	}
	return point, c.follow(sum, messages, point)
}

// follow returns the value that a batch ends with.
func (f *field[E]) follow(value E, messages [][]E, point []E) E {
	for i, g := range messages {
		g1, high := f.sub(value, f.add(g[0], g[0])), f.zero
		for k := len(g) - 1; k >= 1; k-- {
			g1, high = f.sub(g1, g[k]), f.mul(point[i], f.add(high, g[k]))
		}
		value = f.add(g[0], f.mul(point[i], f.add(g1, high)))
	}
	return value
}
