package gadget

import (
	"fmt"
	"math/big"

	"github.com/consensys/gnark/frontend"
)

// partBits is the size in bits of a part of a Short: half a limb.
const partBits = limbBits / 2

// shortBits is the size in bits of a Short.
const shortBits = 3 * partBits

// Short is a nonnegative integer of up to 129 bits, such as a challenge, in three parts of 43
// bits, lowest first.
type Short struct {
	parts [3]frontend.Variable
	bits  int
}

// Short returns the integer with the given bits, which the caller must constrain to be bits:
// one row for each part.
func (c *Circuit) Short(b []frontend.Variable) Short {
	if len(b) > shortBits {
		panic(fmt.Sprintf("gadget: a short integer of %d bits, at most %d are possible", len(b), shortBits))
	}
	s := Short{bits: len(b)}
	for i := range s.parts {
		s.parts[i] = c.Wire(c.sum(b[min(i*partBits, len(b)):min((i+1)*partBits, len(b))]))
	}
	return s
}

// LimbInt returns the same integer in limbs, without a row.
func (s Short) LimbInt(c *Circuit) LimbInt {
	return LimbInt{
		limbs: [limbs]frontend.Variable{c.joinParts(s.parts[0], s.parts[1]), s.parts[2], 0},
		max:   limbMaxima(s.bits), bound: ones(s.bits),
	}
}

// joinParts returns low + 2^43 high.
func (c *Circuit) joinParts(low, high frontend.Variable) frontend.Variable {
	return c.api.Add(low, c.api.Mul(high, power(partBits)))
}

// ShortProduct returns ab as an operand of MulAdd: 6 rows. Its limbs are not reduced: they are
// sums of products of parts, below 2^132. It therefore needs no carries, and MulAdd's columns
// still have room for products of such limbs with others.
func (c *Circuit) ShortProduct(a, b Short) LimbInt {
	x, y, mul, add := a.parts, b.parts, c.api.Mul, c.api.Add
	low, high := c.joinParts(y[0], y[1]), c.joinParts(y[1], y[2])
	return LimbInt{
		limbs: [limbs]frontend.Variable{
			add(mul(x[0], low), mul(mul(x[1], y[0]), power(partBits))),
			add(mul(x[0], y[2]), mul(x[1], high), mul(x[2], low)),
			mul(x[2], y[2]),
		},
		max:   productMaxima(a.maxima(), b.maxima()),
		bound: new(big.Int).Mul(ones(a.bits), ones(b.bits)),
	}
}

// maxima returns the largest values of the parts.
func (s Short) maxima() (m [3]*big.Int) {
	for i := range m {
		m[i] = ones(max(0, min(partBits, s.bits-i*partBits)))
	}
	return
}

// productMaxima returns the largest limbs of ShortProduct for the largest parts of its
// operands.
func productMaxima(x, y [3]*big.Int) [limbs]*big.Int {
	mul := func(a, b *big.Int) *big.Int { return new(big.Int).Mul(a, b) }
	sum := func(v ...*big.Int) *big.Int {
		s := new(big.Int)
		for _, a := range v {
			s.Add(s, a)
		}
		return s
	}
	join := func(low, high *big.Int) *big.Int { return sum(low, mul(high, power(partBits))) }
	low, high := join(y[0], y[1]), join(y[1], y[2])
	return [limbs]*big.Int{
		sum(mul(x[0], low), mul(mul(x[1], y[0]), power(partBits))),
		sum(mul(x[0], y[2]), mul(x[1], high), mul(x[2], low)),
		mul(x[2], y[2]),
	}
}
