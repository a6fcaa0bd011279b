package mercury

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

// queries are the points at which the four short polynomials are opened:
// g and S at ζ, 1/ζ; h at ζ, 1/ζ, α; D at ζ. They are opened together by the
// second scheme of Boneh, Drake, Fisch and Gabizon (eprint 2020/081, section 4).
type queries struct{ zeta, zetaInv, alpha fr.Element }

// values are the claimed values at those points.
type values struct {
	g, gInv       fr.Element // g(ζ), g(1/ζ)
	h, hInv, hAlp fr.Element // h(ζ), h(1/ζ), h(α)
	s, sInv       fr.Element // S(ζ), S(1/ζ)
	d             fr.Element // D(ζ)
}

// ok reports whether the points are different and not zero, as all but a
// negligible part of the challenges make them.
func (q *queries) ok() bool {
	return !q.zeta.IsZero() && !q.zeta.Equal(&q.zetaInv) && !q.zeta.Equal(&q.alpha) && !q.zetaInv.Equal(&q.alpha)
}

// divide replaces p by the quotient p(X) / (X - x), leaving out the remainder.
func divide(p fr.Vector, x *fr.Element) fr.Vector {
	if len(p) == 0 {
		return p
	}
	var t fr.Element
	for i := len(p) - 2; i >= 0; i-- {
		t.Mul(&p[i+1], x)
		p[i].Add(&p[i], &t)
	}
	return p[1:]
}

// addScaled adds c·src to the first coefficients of dst.
func addScaled(dst, src fr.Vector, c *fr.Element) {
	t := make(fr.Vector, len(src))
	t.ScalarMul(src, c)
	dst = dst[:len(src)]
	dst.Add(dst, t)
}

// quotient is W(X) = Σ_i β^i (p_i(X) - r_i(X)) / Z_i(X), with r_i the interpolation
// of the claimed values and Z_i the vanishing polynomial of p_i's points. The
// order is g, h, S, D; g and S share their points and are divided together.
func (q *queries) quotient(g, h, s, d fr.Vector, beta *fr.Element) fr.Vector {
	var b2, b3 fr.Element
	b2.Square(beta)
	b3.Mul(&b2, beta)
	u := append(fr.Vector{}, g...)
	addScaled(u, s, &b2)
	u = divide(divide(u, &q.zeta), &q.zetaInv)
	v := append(fr.Vector{}, h...)
	v = divide(divide(divide(v, &q.zeta), &q.zetaInv), &q.alpha)
	w := divide(append(fr.Vector{}, d...), &q.zeta)
	w.ScalarMul(w, &b3)
	addScaled(w, u, new(fr.Element).SetOne())
	addScaled(w, v, beta)
	return w
}

// weights are the coefficients of the linearisation at x,
//
//	L(X) = Σ_i weight_i p_i(X) - all·W(X) - constant,
//
// weight_i = β^i Z_{T∖T_i}(x), all = Z_T(x), T the set of all points. L(x) = 0 if
// and only if W is the quotient at x.
type weights struct{ g, h, s, d, all fr.Element }

func (q *queries) weights(beta, x *fr.Element) (w weights) {
	var atZeta, atInv, atAlpha fr.Element
	atZeta.Sub(x, &q.zeta)
	atInv.Sub(x, &q.zetaInv)
	atAlpha.Sub(x, &q.alpha)
	w.g = atAlpha
	w.h = *beta
	w.s.Square(beta).Mul(&w.s, &atAlpha)
	w.d.Square(beta).Mul(&w.d, beta).Mul(&w.d, &atInv).Mul(&w.d, &atAlpha)
	w.all.Mul(&atZeta, &atInv).Mul(&w.all, &atAlpha)
	return
}

// linearise returns L(X)/(X - x), without regard to the constant.
func (q *queries) linearise(g, h, s, d, quotient fr.Vector, beta, x *fr.Element) fr.Vector {
	w := q.weights(beta, x)
	l := make(fr.Vector, len(g))
	l.ScalarMul(g, &w.g)
	addScaled(l, h, &w.h)
	addScaled(l, s, &w.s)
	addScaled(l, d, &w.d)
	w.all.Neg(&w.all)
	addScaled(l, quotient, &w.all)
	return divide(l, x)
}

// constant returns Σ_i weight_i r_i(x), the number that L subtracts.
func (q *queries) constant(v *values, w *weights, x *fr.Element) (c fr.Element) {
	pair := []fr.Element{q.zeta, q.zetaInv}
	triple := append(pair[:2:2], q.alpha)
	var t fr.Element
	for _, p := range []struct {
		weight         fr.Element
		points, values []fr.Element
	}{
		{w.g, pair, []fr.Element{v.g, v.gInv}},
		{w.h, triple, []fr.Element{v.h, v.hInv, v.hAlp}},
		{w.s, pair, []fr.Element{v.s, v.sInv}},
		{w.d, pair[:1], []fr.Element{v.d}},
	} {
		t = interpolate(p.points, p.values, x)
		t.Mul(&t, &p.weight)
		c.Add(&c, &t)
	}
	return
}

// interpolate evaluates at x the polynomial that takes the values at the points,
// by Newton's divided differences. The points differ.
func interpolate(points, values []fr.Element, x *fr.Element) (r fr.Element) {
	n := len(points)
	c := append([]fr.Element{}, values...)
	var den fr.Element
	for k := 1; k < n; k++ {
		for i := n - 1; i >= k; i-- {
			den.Sub(&points[i], &points[i-k]).Inverse(&den)
			c[i].Sub(&c[i], &c[i-1]).Mul(&c[i], &den)
		}
	}
	for i := n - 1; i >= 0; i-- {
		den.Sub(x, &points[i])
		r.Mul(&r, &den).Add(&r, &c[i])
	}
	return
}
