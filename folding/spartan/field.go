package spartan

import (
	"fmt"
	"io"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold/r1cs"
)

// field is the arithmetic of Fr or of Fq. The argument is written once over it;
// what is long runs on vectors, so that a call through this table costs nothing an
// element.
type field[E r1cs.Element] struct {
	zero, one     E
	half          E
	inverse       func(a E) E // zero has the inverse zero
	add, sub, mul func(a, b E) E
	integer       func(n int64) E
	// vectors of one length; dst may be one of the others
	addTo, subTo, mulTo func(dst, a, b []E)
	scale               func(dst, a []E, c E)
	dot                 func(a, b []E) E
	// draw returns an element that is uniform up to 2^-130.
	draw   func(random io.Reader) (E, error)
	encode func(E) [elementSize]byte
	// decode refuses what is not below the modulus.
	decode func([]byte) (E, error)
}

// elementSize is the number of bytes of an encoded element, and of a point.
const elementSize = 32

// element and vector are what gnark-crypto's types have in common.
type element[E any] interface {
	*E
	Add(a, b *E) *E
	Sub(a, b *E) *E
	Mul(a, b *E) *E
	Inverse(a *E) *E
	Halve()
	SetInt64(int64) *E
	SetBytes([]byte) *E
	SetBytesCanonical([]byte) error
	Bytes() [elementSize]byte
}

type vector[E any, V ~[]E] interface {
	*V
	Add(a, b V)
	Sub(a, b V)
	Mul(a, b V)
	ScalarMul(a V, c *E)
	InnerProduct(V) E
}

var (
	frField = newField[fr.Element, *fr.Element, fr.Vector, *fr.Vector]()
	fqField = newField[fq.Element, *fq.Element, fq.Vector, *fq.Vector]()
)

func newField[E r1cs.Element, P element[E], V ~[]E, PV vector[E, V]]() *field[E] {
	view := func(v []E) PV { w := V(v); return &w }
	half := r1cs.One[E]()
	P(&half).Halve()
	return &field[E]{
		one:     r1cs.One[E](),
		half:    half,
		inverse: func(a E) E { P(&a).Inverse(&a); return a },
		add:     func(a, b E) E { P(&a).Add(&a, &b); return a },
		sub:     func(a, b E) E { P(&a).Sub(&a, &b); return a },
		mul:     func(a, b E) E { P(&a).Mul(&a, &b); return a },
		integer: func(n int64) (e E) { P(&e).SetInt64(n); return },
		addTo:   func(dst, a, b []E) { view(dst).Add(a, b) },
		subTo:   func(dst, a, b []E) { view(dst).Sub(a, b) },
		mulTo:   func(dst, a, b []E) { view(dst).Mul(a, b) },
		scale:   func(dst, a []E, c E) { view(dst).ScalarMul(a, &c) },
		dot:     func(a, b []E) E { return view(a).InnerProduct(b) },
		draw: func(random io.Reader) (e E, err error) {
			var b [48]byte
			if _, err = io.ReadFull(random, b[:]); err != nil {
				return e, fmt.Errorf("spartan: drawing a mask: %w", err)
			}
			P(&e).SetBytes(b[:])
			return
		},
		encode: func(e E) [elementSize]byte { return P(&e).Bytes() },
		decode: func(b []byte) (e E, err error) { err = P(&e).SetBytesCanonical(b); return },
	}
}

// drawVector returns n uniform elements.
func (f *field[E]) drawVector(random io.Reader, n int) (v []E, err error) {
	v = make([]E, n)
	for i := range v {
		if v[i], err = f.draw(random); err != nil {
			return nil, err
		}
	}
	return
}

// eqTable returns eq(q, x) for all x in {0,1}^n, the first variable in the highest bit.
func (f *field[E]) eqTable(q []E) []E {
	e := make([]E, 1<<len(q))
	e[0] = f.one
	for n, i := 1, len(q)-1; i >= 0; n, i = 2*n, i-1 {
		low, high := e[:n], e[n:2*n]
		f.scale(high, low, q[i])
		f.subTo(low, low, high)
	}
	return e
}

// eq1 returns eq(a, b) of two coordinates.
func (f *field[E]) eq1(a, b E) E {
	ab := f.mul(a, b)
	return f.sub(f.add(f.add(ab, ab), f.one), f.add(a, b))
}

// eq returns eq(a, b) of two points.
func (f *field[E]) eq(a, b []E) E {
	v := f.one
	for i := range a {
		v = f.mul(v, f.eq1(a[i], b[i]))
	}
	return v
}

// eqIndex returns eq(index, r), the index in bits, the highest first.
func (f *field[E]) eqIndex(index int, r []E) E {
	v := f.one
	for i, c := range r {
		if index>>(len(r)-1-i)&1 == 0 {
			c = f.sub(f.one, c)
		}
		v = f.mul(v, c)
	}
	return v
}

// below returns the sum of eq(t, y) eq(y, s) over the integers y < n, for
// 0 <= n <= 2^len(t).
func (f *field[E]) below(n int, t, s []E) E {
	all, part := f.one, f.zero // over the lower bits: all y, and those below n's
	if n>>len(t) != 0 {
		return f.eq(t, s)
	}
	for i := len(t) - 1; i >= 0; i-- {
		high := f.mul(t[i], s[i])
		low := f.mul(f.sub(f.one, t[i]), f.sub(f.one, s[i]))
		if n>>(len(t)-1-i)&1 == 1 {
			part = f.add(f.mul(low, all), f.mul(high, part))
		} else {
			part = f.mul(low, part)
		}
		all = f.mul(all, f.add(low, high))
	}
	return part
}

// powers returns 1, x, ..., x^(n-1).
func (f *field[E]) powers(x E, n int) []E {
	p := make([]E, n)
	for k := range p {
		if k == 0 {
			p[k] = f.one
		} else {
			p[k] = f.mul(p[k-1], x)
		}
	}
	return p
}

// halves returns 2^-n.
func (f *field[E]) halves(n int) E {
	v := f.one
	for range n {
		v = f.mul(v, f.half)
	}
	return v
}
