package spartan

import (
	"fold/internal/transcript"
	"fold/r1cs"
)

// A claim is the value of a sum over the cube of vars variables. What is summed is
// linear in the committed polynomials, once those that are sent have their values: at
// tells, at a point, the polynomials' factors and what is known without them.
type claim[E r1cs.Element] struct {
	vars  int
	value E
	at    func(y []E) (terms []term[E], known E)
	// late: the summed function is one of the last vars variables, whose value at the
	// point is taken as it is. Otherwise it is a multilinear K, times polynomials.
	late bool
	// joined: the claim before this one is of the sum of both.
	joined bool
}

// term is a factor of polynomial number poly.
type term[E any] struct {
	poly   int
	factor E
}

// weigh draws the claims' weights and returns them with the sum of all claims.
//
// A claim that is not late is made one of len(t) variables, of the polynomials that
// the commitment's values are of: sum_y eq(t_hi, y_hi) K(y_lo) f(y) = eq(t_hi, 0) value.
// A late one enters as it is.
func weigh[E r1cs.Element, C comparable](c *curve[E, C], tr *transcript.Native, t []E, claims []claim[E]) (weights []E, sum E) {
	weights = c.powers(c.challenge(tr), len(claims))
	for k, claim := range claims {
		if claim.joined {
			weights[k] = weights[k-1]
		}
		value := claim.value
		if !claim.late {
			value = c.mul(value, c.eqIndex(0, t[:len(t)-claim.vars]))
		}
		sum = c.add(sum, c.mul(weights[k], value))
	}
	return
}

// gather returns the factor of each of n polynomials in the sum of all claims at the
// point s, and value less what is known of it.
//
// A commitment to few variables is, at s, eq(0, s_hi) times its polynomial at s_lo. For
// a late claim this is divided out, and so is 2^-(n-m) put in, as it has waited for that
// many rounds.
func gather[E r1cs.Element](f *field[E], n int, t, s []E, claims []claim[E], weights []E, value E) (factors []E, rest E) {
	factors = make([]E, n)
	for k, claim := range claims {
		missing := len(t) - claim.vars
		zero := f.eqIndex(0, s[:missing])
		ofTerms := f.mul(weights[k], f.eq(t[:missing], s[:missing]))
		ofKnown := f.mul(ofTerms, zero)
		if claim.late {
			ofKnown = f.mul(weights[k], f.halves(missing))
			ofTerms = f.mul(ofKnown, f.inverse(zero))
		}
		terms, known := claim.at(s[missing:])
		for _, term := range terms {
			factors[term.poly] = f.add(factors[term.poly], f.mul(ofTerms, term.factor))
		}
		value = f.sub(value, f.mul(ofKnown, known))
	}
	return factors, value
}

// A summand is a sum as the prover plays it. Round returns the coefficients of the
// current round's polynomial, the lowest first; the second is not read.
type summand[E any] interface {
	Round() []E
	Bind(r *E)
}

// lifted is the summand of a claim with fewer variables than the batch has. While it
// waits, it knows its polynomial without looking at a table.
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
		return scaled(f, l.inner.Round(), l.prefix)
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

// delayed is the summand of a late claim: a constant while it waits.
type delayed[E r1cs.Element] struct {
	f     *field[E]
	wait  int
	scale E
	value E
	inner summand[E]
}

func (d *delayed[E]) Round() []E {
	if d.wait == 0 {
		return scaled(d.f, d.inner.Round(), d.scale)
	}
	return []E{d.f.mul(d.f.half, d.f.mul(d.scale, d.value))}
}

func (d *delayed[E]) Bind(r *E) {
	if d.wait == 0 {
		d.inner.Bind(r)
		return
	}
	d.wait--
	d.scale = d.f.mul(d.scale, d.f.half)
}

func scaled[E r1cs.Element](f *field[E], p []E, by E) []E {
	out := make([]E, len(p))
	for i, x := range p {
		out[i] = f.mul(x, by)
	}
	return out
}

// product is the summand sum_y k(y) p(y) for tables of one length, which it uses up.
type product[E r1cs.Element] struct {
	f    *field[E]
	k, p []E
}

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
