package spartan

import "fold.example/fold/internal/curve"

// A summand is a sum as the prover plays it. Round returns the coefficients of the
// current round's polynomial, the lowest first; the second is not read.
type summand[E any] interface {
	Round() []E
	Bind(r *E)
}

// lifted is the summand of a claim with fewer variables than the batch has. While it
// waits, it knows its polynomial without looking at a table.
type lifted[E curve.Element] struct {
	f      *curve.Field[E]
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
	rest := f.Mul(f.Mul(l.prefix, l.value), f.EqZero(l.idle[1:]))
	slope := f.Sub(f.Add(t, t), f.One)
	low := f.Sub(f.One, t)
	return []E{f.Mul(rest, low), f.Mul(rest, f.Sub(slope, low)), f.Sub(f.Zero, f.Mul(rest, slope))}
}

func (l *lifted[E]) Bind(r *E) {
	f := l.f
	if len(l.idle) == 0 {
		l.inner.Bind(r)
		return
	}
	l.prefix = f.Mul(l.prefix, f.Mul(f.Eq1(l.idle[0], *r), f.Sub(f.One, *r)))
	l.idle = l.idle[1:]
}

// delayed is the summand of a late claim: a constant while it waits.
type delayed[E curve.Element] struct {
	f     *curve.Field[E]
	wait  int
	scale E
	value E
	inner summand[E]
}

func (d *delayed[E]) Round() []E {
	if d.wait == 0 {
		return scaled(d.f, d.inner.Round(), d.scale)
	}
	return []E{d.f.Mul(d.f.Half(), d.f.Mul(d.scale, d.value))}
}

func (d *delayed[E]) Bind(r *E) {
	if d.wait == 0 {
		d.inner.Bind(r)
		return
	}
	d.wait--
	d.scale = d.f.Mul(d.scale, d.f.Half())
}

func scaled[E curve.Element](f *curve.Field[E], p []E, by E) []E {
	out := make([]E, len(p))
	for i, x := range p {
		out[i] = f.Mul(x, by)
	}
	return out
}

// product is the summand sum_y k(y) p(y) for tables of one length, which it uses up.
type product[E curve.Element] struct {
	f    *curve.Field[E]
	k, p []E
}

func (s *product[E]) Round() []E {
	f, h := s.f, len(s.p)/2
	low := f.Dot(s.k[:h], s.p[:h])
	dk, dp := make([]E, h), make([]E, h)
	f.SubTo(dk, s.k[h:], s.k[:h])
	f.SubTo(dp, s.p[h:], s.p[:h])
	return []E{low, f.Zero, f.Dot(dk, dp)}
}

func (s *product[E]) Bind(r *E) {
	s.k, s.p = s.f.Bind(s.k, *r), s.f.Bind(s.p, *r)
}
