package curve

import "math/big"

// Modulus returns the number of elements of the field of E. The caller owns it.
func Modulus[E Element]() *big.Int { return FieldOf[E]().Modulus() }

// One returns 1.
func One[E Element]() E { return FieldOf[E]().One }

// Integer returns the representative of v in [0, Modulus).
func Integer[E Element](v E) *big.Int { return FieldOf[E]().Integer(v) }

// FromInteger returns v modulo the field's order.
func FromInteger[E Element](v *big.Int) E { return FieldOf[E]().FromInteger(v) }
