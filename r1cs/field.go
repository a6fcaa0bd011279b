package r1cs

import (
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
)

// Element is an element of one of the two fields of the cycle: Fr, the scalar
// field of BN254, or Fq, the scalar field of Grumpkin and base field of BN254.
type Element interface{ fr.Element | fq.Element }

// operations is what differs between the two fields: calls on whole ranges, so
// that going through a table costs nothing an element.
type operations[E Element] struct {
	name     string
	modulus  *big.Int
	one      E
	minusOne E
	// encode writes the canonical value, big-endian.
	encode func(v E) [32]byte
	// product sets out[i] to the product of row i of m with z, for rows [lo, hi).
	product func(m *matrix, coefficients, z, out []E, lo, hi int)
	// combine sets dst = a + r b.
	combine func(dst, a []E, r *E, b []E)
	// cross sets t = a1 b2 + a2 b1 - u c2 - c1.
	cross func(t []E, first, second Products[E], u *E)
	// slack sets e = a b - u c.
	slack func(e []E, p Products[E], u *E)
	// fails returns the first i with a_i b_i != u c_i + e_i, or -1. An e of
	// length 0 counts as zero.
	fails func(p Products[E], u *E, e []E) int
}

func operationsOf[E Element]() *operations[E] {
	if ops, ok := any(frOperations).(*operations[E]); ok {
		return ops
	}
	return any(fqOperations).(*operations[E])
}

// Modulus returns the number of elements of the field. The caller owns it.
func Modulus[E Element]() *big.Int { return new(big.Int).Set(operationsOf[E]().modulus) }

// FieldName returns "Fr" or "Fq".
func FieldName[E Element]() string { return operationsOf[E]().name }

// One returns 1.
func One[E Element]() E { return operationsOf[E]().one }

// Integer returns the representative of v in [0, modulus).
func Integer[E Element](v E) *big.Int {
	b := operationsOf[E]().encode(v)
	return new(big.Int).SetBytes(b[:])
}

// FromInteger returns v modulo the field's order.
func FromInteger[E Element](v *big.Int) (e E) {
	switch p := any(&e).(type) {
	case *fr.Element:
		p.SetBigInt(v)
	case *fq.Element:
		p.SetBigInt(v)
	}
	return
}
