package spartan

import (
	"fold/internal/transcript"
	"fold/r1cs"
)

// A claim says that sum_y K(y) (f(y) + public(y)) = value over the cube of vars
// variables, f being what on commits to, K a polynomial that the verifier can
// evaluate. Every claim on a commitment is of this form: an evaluation has
// K = eq(point, .).
type claim[E r1cs.Element, C comparable] struct {
	on     combination[E, C]
	vars   int
	value  E
	at     func(y []E) E // K
	public func(y []E) E // nil: zero
}

// lift returns the factors by which a claim of vars variables becomes one of
// len(t) variables: prod (1 - t_i) of its value, and eq(t_hi, s_hi) of its K at s,
// over the variables that it lacks.
func (f *field[E]) lift(t, s []E, vars int) (ofValue, ofK E) {
	missing := len(t) - vars
	return f.eqIndex(0, t[:missing]), f.eq(t[:missing], s[:missing])
}

// settle is the verifier's side of a half's last sumcheck. It brings all claims to one
// point s and returns it with what is left: that what the combination commits to has
// the value at s.
//
// A claim of fewer variables than t is first made one of len(t) variables, of the
// polynomial that the commitment's values are of: sum_y eq(t_hi, y_hi) K(y_lo) f(y) =
// eq(t_hi, 0) value. t is drawn after f is fixed and the value is absorbed: the values
// of f beyond its size are seen by K as zeros.
func settle[E r1cs.Element, C comparable](c *curve[E, C], tr *transcript.Native, t []E, claims []claim[E, C], messages []pair[E]) (on combination[E, C], s []E, value E) {
	weights, sum := weigh(c, tr, t, claims)
	s, value = verifyBatch(c, tr, sum, messages)
	on, value = combine(c, t, s, claims, factors(c, t, s, claims, weights), value)
	return
}

// weigh draws the claims' weights and returns them with the sum of the lifted claims.
func weigh[E r1cs.Element, C comparable](c *curve[E, C], tr *transcript.Native, t []E, claims []claim[E, C]) (weights []E, sum E) {
	weights = c.powers(c.challenge(tr), len(claims))
	for k, claim := range claims {
		factor, _ := c.lift(t, t, claim.vars)
		sum = c.add(sum, c.mul(weights[k], c.mul(factor, claim.value)))
	}
	return
}

// combine adds what the claims are on up, with their factors at the point s, and takes
// the public polynomials off the value.
func combine[E r1cs.Element, C comparable](c *curve[E, C], t, s []E, claims []claim[E, C], factors []E, value E) (on combination[E, C], rest E) {
	rest = value
	for k, factor := range factors {
		on = c.plus(on, claims[k].on, factor)
		if public := claims[k].public; public != nil {
			missing := len(t) - claims[k].vars
			known := c.mul(c.eqIndex(0, s[:missing]), public(s[missing:]))
			rest = c.sub(rest, c.mul(factor, known))
		}
	}
	return
}

// factors returns for each claim the factor of its polynomial's value at s.
func factors[E r1cs.Element, C comparable](c *curve[E, C], t, s []E, claims []claim[E, C], weights []E) []E {
	out := make([]E, len(claims))
	for k, claim := range claims {
		_, factor := c.lift(t, s, claim.vars)
		out[k] = c.mul(weights[k], c.mul(factor, claim.at(s[len(t)-claim.vars:])))
	}
	return out
}

// lifted is the prover's summand of a claim with fewer variables than the batch has.
// While it waits, it knows its polynomial without looking at a table.
type lifted[E r1cs.Element] struct {
	f      *field[E]
	idle   []E // t_hi of the rounds that are left to wait
	prefix E   // prod eq(t_i, r_i) (1 - r_i) of those that are over
	value  E
	inner  summand[E]
}

func (l *lifted[E]) Round() []E {
	f := l.f
	if len(l.idle) == 0 {
		p := l.inner.Round()
		out := make([]E, len(p))
		for i, x := range p {
			out[i] = f.mul(x, l.prefix)
		}
		return out
	}
	// ((1-t) + (2t-1) X) (1 - X), and 1 - t for each variable after it
	t := l.idle[0]
	rest := f.mul(f.mul(l.prefix, l.value), f.eqIndex(0, l.idle[1:]))
	slope := f.sub(f.add(t, t), f.one)
	low := f.sub(f.one, t)
	return []E{f.mul(rest, low), f.mul(rest, f.sub(slope, low)), f.sub(f.zero, f.mul(rest, slope))}
}

func (l *lifted[E]) Bind(r *E) {
	f := l.f
	if len(l.idle) == 0 {
		l.inner.Bind(r)
		return
	}
	l.prefix = f.mul(l.prefix, f.mul(f.eq1(l.idle[0], *r), f.sub(f.one, *r)))
	l.idle = l.idle[1:]
}

// product is the summand sum_y k(y) p(y) for tables of one length, which it uses up.
type product[E r1cs.Element] struct {
	f    *field[E]
	k, p []E
}

// Round returns the coefficients but for the second, which the batch does not use.
func (s *product[E]) Round() []E {
	f, h := s.f, len(s.p)/2
	low := f.dot(s.k[:h], s.p[:h])
	dk, dp := make([]E, h), make([]E, h)
	f.subTo(dk, s.k[h:], s.k[:h])
	f.subTo(dp, s.p[h:], s.p[:h])
	return []E{low, f.zero, f.dot(dk, dp)}
}

func (s *product[E]) Bind(r *E) {
	s.k, s.p = s.f.bind(s.k, *r), s.f.bind(s.p, *r)
}
