package poly

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

// A polynomial p of degree d is computed from p(0), p(1), and d-1 further samples: its
// leading coefficient, then p(-1), then p(2). These samples are the cheapest to compute
// from columns given as a + X b. maxDegree is the degree of a product of four columns.
const maxDegree = 4

// samples holds p(0), p(1), the leading coefficient, p(-1) and p(2), in this order.
type samples [maxDegree + 1]fr.Element

var (
	half  = Halves(1)
	third = func() (z fr.Element) { z.SetUint64(3); z.Inverse(&z); return }()
)

// coefficients returns the coefficients of p by interpolation, lowest degree first.
func (s *samples) coefficients(degree int) (c [maxDegree + 1]fr.Element) {
	c[0] = s[0]
	if degree == 1 {
		c[1].Sub(&s[1], &s[0])
		return
	}
	if degree == 2 {
		c[2] = s[2]
		c[1].Sub(&s[1], &s[0]).Sub(&c[1], &c[2])
		return
	}
	// even and odd parts: p(1)+p(-1) and p(1)-p(-1), halved
	var even, odd fr.Element
	even.Add(&s[1], &s[3]).Mul(&even, &half).Sub(&even, &c[0])
	odd.Sub(&s[1], &s[3]).Mul(&odd, &half)
	if degree == 3 {
		c[3] = s[2]
		c[2] = even
		c[1].Sub(&odd, &c[3])
		return
	}
	c[4] = s[2]
	c[2].Sub(&even, &c[4])
	// p(2) = c0 + 2 c1 + 4 c2 + 8 c3 + 16 c4, so (p(2)-c0-4 c2-16 c4)/2 = odd + 3 c3
	var t, u fr.Element
	t.Double(&c[4]).Double(&t).Add(&t, &c[2]).Double(&t).Double(&t)
	u.Sub(&s[4], &c[0]).Sub(&u, &t).Mul(&u, &half).Sub(&u, &odd)
	c[3].Mul(&u, &third)
	c[1].Sub(&odd, &c[3])
	return
}

// at returns p(r).
func (s *samples) at(degree int, r *fr.Element) (v fr.Element) {
	c := s.coefficients(degree)
	for i := degree; i >= 0; i-- {
		v.Mul(&v, r).Add(&v, &c[i])
	}
	return
}

// weightsAt returns the weights w with p(r) = sum_i w_i sample_i.
func weightsAt(degree int, r *fr.Element) (w samples) {
	for i := range degree + 1 {
		var unit samples
		unit[i].SetOne()
		w[i] = unit.at(degree, r)
	}
	return
}

// timesEq multiplies the polynomial c by prefix eq(tau, X) = prefix ((1-tau) + (2 tau - 1)
// X). c has room for one more coefficient.
func timesEq(c []fr.Element, prefix, tau *fr.Element) {
	var low, slope, t fr.Element
	slope.Mul(tau, prefix)
	low.Sub(prefix, &slope)
	slope.Sub(&slope, &low)
	for i := len(c) - 1; i >= 0; i-- {
		c[i].Mul(&c[i], &low)
		if i > 0 {
			t.Mul(&c[i-1], &slope)
			c[i].Add(&c[i], &t)
		}
	}
}
