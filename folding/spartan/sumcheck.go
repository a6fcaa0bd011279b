package spartan

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
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
type outerProver[E curve.Element] struct {
	f       *curve.Field[E]
	a, b, d []E
	eq      []E // of the variables after the round's
}

func newOuter[E curve.Element](f *curve.Field[E], tau, a, b, d []E) *outerProver[E] {
	p := &outerProver[E]{f: f, a: a, b: b, d: d}
	if len(tau) > 0 {
		p.eq = f.EqTable(tau[1:])
	}
	return p
}

// round returns g_1 and g_2.
func (p *outerProver[E]) round() []E {
	f, h := p.f, len(p.a)/2
	s, t := make([]E, h), make([]E, h)
	f.SubTo(s, p.a[h:], p.a[:h])
	f.SubTo(t, p.b[h:], p.b[:h])
	f.MulTo(s, s, t)
	g2 := f.Dot(p.eq, s)
	at := func(lo, hi int) E {
		f.MulTo(s, p.a[lo:hi], p.b[lo:hi])
		f.SubTo(s, s, p.d[lo:hi])
		return f.Dot(p.eq, s)
	}
	g0, g01 := at(0, h), at(h, 2*h)
	return []E{f.Sub(f.Sub(g01, g0), g2), g2}
}

func (p *outerProver[E]) bind(r E) {
	for _, v := range []*[]E{&p.a, &p.b, &p.d} {
		*v = p.f.Bind(*v, r)
	}
	if h := len(p.eq) / 2; h > 0 {
		p.f.AddTo(p.eq[:h], p.eq[:h], p.eq[h:])
		p.eq = p.eq[:h]
	}
}

// proveOuter plays all rounds and returns the messages and the point.
func proveOuter[E curve.Element](tr transcript.Channel[E], p *outerProver[E], rounds int) (messages [][]E, point []E) {
	for range rounds {
		g := p.round()
		tr.Absorb("outer round", g...)
		r := tr.Challenge()
		p.bind(r)
		messages, point = append(messages, g), append(point, r)
	}
	return
}

// verifyOuter returns the point and the value that a b - d must have there.
func verifyOuter[E any](
	ar arith.Arithmetic[E], tr transcript.Channel[E], tau []E, messages [][]E,
) (point []E, value E) {
	value = ar.Const(fr.Element{})
	for i, g := range messages {
		tr.Absorb("outer round", g...)
		r := tr.Challenge()
		g0 := ar.Sub(value, ar.Mul(tau[i], ar.Add(g[0], g[1])))
		value = ar.Add(g0, ar.Mul(r, ar.Add(g[0], ar.Mul(r, g[1]))))
		point = append(point, r)
	}
	return
}

// proveBatch plays n rounds of a degree for the sum of weights[k] times summand k. A
// message is (g_0, g_2, ..., g_degree), as poly.Rounds reads it.
func proveBatch[E curve.Element](
	f *curve.Field[E], tr transcript.Channel[E], n, degree int, summands []summand[E], weights []E,
) (messages [][]E, point []E) {
	for range n {
		g := make([]E, degree+1)
		for k, s := range summands {
			for i, x := range s.Round() {
				g[i] = f.Add(g[i], f.Mul(weights[k], x))
			}
		}
		g = append(g[:1], g[2:]...)
		tr.Absorb("round", g...)
		r := tr.Challenge()
		for _, s := range summands {
			s.Bind(&r)
		}
		messages, point = append(messages, g), append(point, r)
	}
	return
}

// batchValue returns the value that a batch ends with.
func batchValue[E any](ar arith.Arithmetic[E], value E, messages [][]E, point []E) E {
	for i, g := range messages {
		value = poly.EvalRound(ar, g, value, point[i])
	}
	return value
}
