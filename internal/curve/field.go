package curve

import (
	"fmt"
	"io"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
)

// Element is an element of one of the two fields of the cycle: Fr, the scalar
// field of BN254, or Fq, the scalar field of Grumpkin and base field of BN254.
type Element interface{ fr.Element | fq.Element }

// ElementSize is the number of bytes of an encoded element and of a compressed point.
const ElementSize = 32

// Field is the arithmetic of Fr or Fq. FieldOf returns the Field of an element type.
type Field[E Element] struct {
	// Name is "Fr" or "Fq".
	Name           string
	Zero, One      E
	half, minusOne E
	modulus        *big.Int

	inverse, neg  func(a E) E
	add, sub, mul func(a, b E) E
	integer       func(n int64) E
	fromBig       func(n *big.Int) E

	addTo, subTo, mulTo func(dst, a, b []E)
	scale               func(dst, a []E, c E)
	dot                 func(a, b []E) E

	fromBytes func([]byte) E
	encode    func(E) [ElementSize]byte
	decode    func([]byte) (E, error)
}

// element and vector are the common methods of gnark-crypto's types for Fr and Fq.
type element[E any] interface {
	*E
	Add(a, b *E) *E
	Sub(a, b *E) *E
	Neg(a *E) *E
	Mul(a, b *E) *E
	Inverse(a *E) *E
	Halve()
	SetInt64(int64) *E
	SetBigInt(*big.Int) *E
	SetBytes([]byte) *E
	SetBytesCanonical([]byte) error
	Bytes() [ElementSize]byte
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
	// Fr is the scalar field of BN254.
	Fr = newField[fr.Element, *fr.Element, fr.Vector, *fr.Vector]("Fr", fr.Modulus())
	// Fq is the scalar field of Grumpkin.
	Fq = newField[fq.Element, *fq.Element, fq.Vector, *fq.Vector]("Fq", fq.Modulus())
)

// FieldOf returns the Field with elements of type E.
func FieldOf[E Element]() *Field[E] {
	if f, ok := any(Fr).(*Field[E]); ok {
		return f
	}
	return any(Fq).(*Field[E])
}

func newField[E Element, P element[E], V ~[]E, PV vector[E, V]](name string, modulus *big.Int) *Field[E] {
	view := func(v []E) PV { w := V(v); return &w }
	integer := func(n int64) (e E) { P(&e).SetInt64(n); return }
	half := integer(1)
	P(&half).Halve()
	return &Field[E]{
		Name: name, One: integer(1), half: half, minusOne: integer(-1), modulus: modulus,
		inverse:   func(a E) E { P(&a).Inverse(&a); return a },
		neg:       func(a E) E { P(&a).Neg(&a); return a },
		add:       func(a, b E) E { P(&a).Add(&a, &b); return a },
		sub:       func(a, b E) E { P(&a).Sub(&a, &b); return a },
		mul:       func(a, b E) E { P(&a).Mul(&a, &b); return a },
		integer:   integer,
		fromBig:   func(n *big.Int) (e E) { P(&e).SetBigInt(n); return },
		addTo:     func(dst, a, b []E) { view(dst).Add(a, b) },
		subTo:     func(dst, a, b []E) { view(dst).Sub(a, b) },
		mulTo:     func(dst, a, b []E) { view(dst).Mul(a, b) },
		scale:     func(dst, a []E, c E) { view(dst).ScalarMul(a, &c) },
		dot:       func(a, b []E) E { return view(a).InnerProduct(b) },
		fromBytes: func(b []byte) (e E) { P(&e).SetBytes(b); return },
		encode:    func(e E) [ElementSize]byte { return P(&e).Bytes() },
		decode:    func(b []byte) (e E, err error) { err = P(&e).SetBytesCanonical(b); return },
	}
}

// Modulus returns the number of elements of the field. The caller owns it.
func (f *Field[E]) Modulus() *big.Int { return new(big.Int).Set(f.modulus) }

// MinusOne returns -1.
func (f *Field[E]) MinusOne() E { return f.minusOne }

// Int returns the element n, which may be negative.
func (f *Field[E]) Int(n int64) E { return f.integer(n) }

// Add returns a + b.
func (f *Field[E]) Add(a, b E) E { return f.add(a, b) }

// Sub returns a - b.
func (f *Field[E]) Sub(a, b E) E { return f.sub(a, b) }

// Neg returns -a.
func (f *Field[E]) Neg(a E) E { return f.neg(a) }

// Mul returns a b.
func (f *Field[E]) Mul(a, b E) E { return f.mul(a, b) }

// Inverse returns 1/a, and 0 for a = 0.
func (f *Field[E]) Inverse(a E) E { return f.inverse(a) }

// Integer returns the representative of v in [0, Modulus).
func (f *Field[E]) Integer(v E) *big.Int {
	b := f.encode(v)
	return new(big.Int).SetBytes(b[:])
}

// FromInteger returns v modulo the field's order.
func (f *Field[E]) FromInteger(v *big.Int) E { return f.fromBig(v) }

// AddTo sets dst = a + b. The lengths are equal. dst may alias a or b.
func (f *Field[E]) AddTo(dst, a, b []E) { f.addTo(dst, a, b) }

// SubTo sets dst = a - b. The lengths are equal. dst may alias a or b.
func (f *Field[E]) SubTo(dst, a, b []E) { f.subTo(dst, a, b) }

// MulTo sets dst[i] = a[i] b[i]. The lengths are equal. dst may alias a or b.
func (f *Field[E]) MulTo(dst, a, b []E) { f.mulTo(dst, a, b) }

// Scale sets dst = c a. The lengths are equal. dst may alias a.
func (f *Field[E]) Scale(dst, a []E, c E) { f.scale(dst, a, c) }

// Dot returns the inner product of two vectors of equal length.
func (f *Field[E]) Dot(a, b []E) E { return f.dot(a, b) }

// Encode returns the canonical representative, big-endian.
func (f *Field[E]) Encode(v E) [ElementSize]byte { return f.encode(v) }

// Decode is the inverse of Encode. It returns an error for an integer that is not below the
// modulus, and for a wrong length.
func (f *Field[E]) Decode(b []byte) (E, error) { return f.decode(b) }

// FromBytes returns the big-endian integer b, of any length, modulo the field's order.
func (f *Field[E]) FromBytes(b []byte) E { return f.fromBytes(b) }

// Draw returns an element within 2^-130 of uniform: 48 random bytes modulo the field's
// order.
func (f *Field[E]) Draw(random io.Reader) (e E, err error) {
	var b [48]byte
	if _, err = io.ReadFull(random, b[:]); err != nil {
		return e, fmt.Errorf("drawing an element of %s: %w", f.Name, err)
	}
	return f.fromBytes(b[:]), nil
}

// DrawVector returns n elements drawn as by Draw.
func (f *Field[E]) DrawVector(random io.Reader, n int) (v []E, err error) {
	v = make([]E, n)
	for i := range v {
		if v[i], err = f.Draw(random); err != nil {
			return nil, err
		}
	}
	return
}
