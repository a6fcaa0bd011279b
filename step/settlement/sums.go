package settlement

import (
	"sync"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/internal/poly"
)

// eqSum is the sum over x of eq(point, x) values(x). eq is a product over the variables and
// is not stored as a column: in a round it is scale times a linear factor times the table of
// the variables that follow.
type eqSum struct {
	point  []fr.Element
	values fr.Vector
	scale  fr.Element
}

func (s *eqSum) sum() fr.Element {
	v := poly.Eval(s.values, s.point)
	return *v.Mul(&v, &s.scale)
}

// round returns the coefficients of scale (1 - z + (2z - 1) X) (q_0 + (q_1 - q_0) X), where
// q_b is the sum over the other variables at X = b.
func (s *eqSum) round() (c [3]fr.Element) {
	half := len(s.values) / 2
	eq := poly.EqTable(s.point[1:])
	q0, q1 := dot(eq, s.values[:half]), dot(eq, s.values[half:])
	var low, slope fr.Element
	low.SetOne().Sub(&low, &s.point[0])
	slope.Sub(&s.point[0], &low)
	q1.Sub(&q1, &q0)
	var t fr.Element
	c[0].Mul(&low, &q0)
	c[1].Mul(&low, &q1).Add(&c[1], t.Mul(&slope, &q0))
	c[2].Mul(&slope, &q1)
	for i := range c {
		c[i].Mul(&c[i], &s.scale)
	}
	return c
}

func (s *eqSum) bind(r *fr.Element) {
	factor := poly.Eval(poly.EqTable(s.point[:1]), []fr.Element{*r})
	s.scale.Mul(&s.scale, &factor)
	s.values, s.point = poly.Bind(s.values, r), s.point[1:]
}

// pairSum is the sum over y of a(y) b(y).
type pairSum struct{ a, b fr.Vector }

func (s *pairSum) sum() fr.Element { return dot(s.a, s.b) }

func (s *pairSum) round() (c [3]fr.Element) {
	half := len(s.a) / 2
	a0, a1, b0, b1 := s.a[:half], s.a[half:], s.b[:half], s.b[half:]
	c[0] = dot(a0, b0)
	for i := range a0 {
		var a, b fr.Element
		a.Sub(&a1[i], &a0[i])
		b.Sub(&b1[i], &b0[i])
		c[2].Add(&c[2], a.Mul(&a, &b))
	}
	c[1] = dot(a1, b1)
	c[1].Sub(&c[1], &c[0]).Sub(&c[1], &c[2])
	return c
}

func (s *pairSum) bind(r *fr.Element) { s.a, s.b = poly.Bind(s.a, r), poly.Bind(s.b, r) }

func dot(a, b fr.Vector) fr.Element { return a.InnerProduct(b) }

// part is one of several sums that are proven together.
type part interface {
	sum() fr.Element
	round() [3]fr.Element
	bind(r *fr.Element)
}

// Sums is the poly.Instance of a sum of parts. A part with fewer variables is not scaled and
// joins late: each round before it joins has a constant polynomial, half of its sum so far.
type Sums struct {
	vars    int
	parts   []part
	partial []int        // variables of each part
	waiting []fr.Element // remaining sum of each part that has not joined
	scale   []fr.Element // 2^-(rounds before a part joined)
	done    int          // rounds
}

func newSums(vars int, parts []part, partial []int) *Sums {
	s := &Sums{vars: vars, parts: parts, partial: partial, waiting: make([]fr.Element, len(parts)),
		scale: make([]fr.Element, len(parts))}
	kernel.For(len(parts), 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			s.waiting[i] = parts[i].sum()
			s.scale[i].SetOne()
		}
	})
	return s
}

// Vars returns the number of rounds.
func (s *Sums) Vars() int { return s.vars }

// Degree returns the degree of a round.
func (s *Sums) Degree() int { return 2 }

// Sum returns the whole sum, before any round.
func (s *Sums) Sum() (sum fr.Element) {
	for i := range s.waiting {
		sum.Add(&sum, &s.waiting[i])
	}
	return sum
}

// Round returns the coefficients of the round's polynomial.
func (s *Sums) Round() []fr.Element {
	total := make([]fr.Element, 3)
	var mu sync.Mutex
	kernel.For(len(s.parts), 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			c := s.roundOf(i)
			mu.Lock()
			for j := range total {
				total[j].Add(&total[j], &c[j])
			}
			mu.Unlock()
		}
	})
	return total
}

func (s *Sums) roundOf(i int) (c [3]fr.Element) {
	if s.vars-s.done > s.partial[i] {
		c[0] = s.waiting[i]
		c[0].Halve()
		return c
	}
	c = s.parts[i].round()
	for j := range c {
		c[j].Mul(&c[j], &s.scale[i])
	}
	return c
}

// Bind fixes the round's variable.
func (s *Sums) Bind(r *fr.Element) {
	kernel.For(len(s.parts), 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			if s.vars-s.done > s.partial[i] {
				s.waiting[i].Halve()
				s.scale[i].Halve()
			} else {
				s.parts[i].bind(r)
			}
		}
	})
	s.done++
}
