package mercury

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr/fft"
)

// innerProducts returns the polynomial S with
//
//	T(X) = X S(X) + 2c + S(1/X)/X,
//	T(X) = g(X) P(1/X) + g(1/X) P(X) + γ (h(X) Q(1/X) + h(1/X) Q(X)),
//
// P and Q the polynomials with the coefficients p and q, c = <g,p> + γ<h,q>.
// All have at most as many coefficients as g; S has one less.
//
// With b = len(g), T is symmetric and its coefficient k is the sum of the
// coefficients b-1+k and b-1-k of g(X)·X^(b-1)P(1/X) + ..., an ordinary product.
func innerProducts(g, p, h, q fr.Vector, gamma *fr.Element) fr.Vector {
	b := len(g)
	if b == 1 {
		return fr.Vector{}
	}
	domain := fft.NewDomain(uint64(2 * b))
	product := func(x, y fr.Vector) fr.Vector {
		u, v := make(fr.Vector, 2*b), make(fr.Vector, 2*b)
		copy(u, x)
		for i := range y {
			v[b-1-i] = y[i]
		}
		domain.FFT(u, fft.DIF)
		domain.FFT(v, fft.DIF)
		u.Mul(u, v)
		return u
	}
	sum := product(g, p)
	second := product(h, q)
	second.ScalarMul(second, gamma)
	sum.Add(sum, second)
	domain.FFTInverse(sum, fft.DIT)
	s := make(fr.Vector, b-1)
	for k := range s {
		s[k].Add(&sum[b+k], &sum[b-2-k])
	}
	return s
}

// degreeWitness returns D(X) = X^(b-1) g(1/X) + γ X^(r-1) h(1/X), the two
// coefficient vectors read backwards. It is a polynomial only if g has at most
// b = len(g) coefficients and h at most r = len(h).
func degreeWitness(g, h fr.Vector, gamma *fr.Element) fr.Vector {
	d := make(fr.Vector, len(g))
	for i := range g {
		d[i] = g[len(g)-1-i]
	}
	var t fr.Element
	for i := range h {
		t.Mul(&h[len(h)-1-i], gamma)
		d[i].Add(&d[i], &t)
	}
	return d
}

// eqAt evaluates Σ_i eq(z, i) X^i at x in 2 len(z) multiplications: the eq table
// is a tensor product, so its polynomial is Π_k (1 - z_k + z_k x^(2^j)), where
// the last coordinate has j = 0.
func eqAt(z []fr.Element, x fr.Element) fr.Element {
	var r, t, one fr.Element
	one.SetOne()
	r.SetOne()
	for k := len(z) - 1; k >= 0; k-- {
		t.Sub(&x, &one).Mul(&t, &z[k]).Add(&t, &one)
		r.Mul(&r, &t)
		x.Square(&x)
	}
	return r
}

// horner evaluates the polynomial with coefficients p at x.
func horner(p fr.Vector, x *fr.Element) (v fr.Element) {
	for i := len(p) - 1; i >= 0; i-- {
		v.Mul(&v, x).Add(&v, &p[i])
	}
	return
}
