package r1cs

import (
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark/frontend"
	"github.com/consensys/gnark/std/math/bits"
)

// Limbs of the integers that do not fit the circuit's field.
const (
	limbBits = 86
	limbs    = 3
	// foreignBits is the size of an element of Fq.
	foreignBits = 254
	// packBits is the size of the limbs in which a transcript absorbs Fq.
	packBits = 128
)

// Long is a nonnegative integer in a circuit over Fr: three limbs of 86 bits, lowest
// first, each known to be at most max, and the integer to be at most bound.
type Long struct {
	limbs [limbs]frontend.Variable
	bits  []frontend.Variable
	max   [limbs]*big.Int
	bound *big.Int
}

// Foreign constrains three limbs to be the one representation of an element of Fq:
// below 2^86, 2^86 and 2^82, and the integer below q. 366 rows.
func (c *Circuit) Foreign(v [limbs]frontend.Variable) Long {
	z := Long{limbs: v, max: limbMaxima(foreignBits), bound: foreignTop()}
	for i, limb := range v {
		n := min(limbBits, foreignBits-i*limbBits)
		// Unconstrained, because the comparison with q constrains each bit as well.
		z.bits = append(z.bits, bits.ToBinary(c.api, limb, bits.WithNbDigits(n), bits.WithUnconstrainedOutputs())...)
	}
	c.assertAtMost(z.bits, z.bound)
	return z
}

// Small returns the integer of up to 172 bits that the caller has constrained to be
// bits: a row a limb.
func (c *Circuit) Small(b []frontend.Variable) Long {
	if len(b) > 2*limbBits {
		panic(fmt.Sprintf("r1cs: a small integer of %d bits, at most %d are possible", len(b), 2*limbBits))
	}
	cut := min(limbBits, len(b))
	return Long{
		limbs: [limbs]frontend.Variable{c.Wire(c.sum(b[:cut])), c.Wire(c.sum(b[cut:])), 0},
		bits:  b, max: limbMaxima(len(b)), bound: ones(len(b)),
	}
}

// Packed returns the integer's low 128 bits and the rest, as transcripts absorb
// it, without a row.
func (z Long) Packed(c *Circuit) (low, high frontend.Variable) {
	cut := min(packBits, len(z.bits))
	return c.sum(z.bits[:cut]), c.sum(z.bits[cut:])
}

// sum returns sum_i b_i 2^i.
func (c *Circuit) sum(b []frontend.Variable) frontend.Variable {
	if len(b) == 0 {
		return 0
	}
	return bits.FromBinary(c.api, b, bits.WithUnconstrainedInputs())
}

// comparer is gnark's comparison of bits with a constant, which its own bits
// package finds in a builder the same way. It constrains bits as well, in one row
// each where the API's own operations need two.
type comparer interface {
	MustBeLessOrEqCst(b []frontend.Variable, top *big.Int, debug frontend.Variable)
}

// assertAtMost constrains b to be the bits of an integer that is at most top.
func (c *Circuit) assertAtMost(b []frontend.Variable, top *big.Int) {
	builder, ok := c.api.Compiler().(comparer)
	if !ok {
		panic("r1cs: the builder has no comparison with a constant")
	}
	builder.MustBeLessOrEqCst(b, top, b[0])
}

// ForeignPoint is a point of BN254's G1 in a circuit over Fr, (0, 0) at infinity.
// That it is on the curve is not known here.
type ForeignPoint struct {
	X, Y     Long
	Infinity frontend.Variable
}

// ForeignPoint constrains both coordinates to be canonical, and computes the flag:
// 734 rows.
func (c *Circuit) ForeignPoint(x, y [limbs]frontend.Variable) ForeignPoint {
	// A sum of six limbs is zero if all are: it cannot wrap around.
	all := c.api.Add(x[0], x[1], x[2], y[0], y[1], y[2])
	return ForeignPoint{c.Foreign(x), c.Foreign(y), c.api.IsZero(all)}
}

// Encode returns the point as a transcript absorbs it.
func (p ForeignPoint) Encode(c *Circuit) []frontend.Variable {
	x0, x1 := p.X.Packed(c)
	y0, y1 := p.Y.Packed(c)
	return []frontend.Variable{x0, x1, y0, y1}
}

// foreignModulus is q.
var foreignModulus = ecc.BN254.BaseField()

// foreignTop returns q - 1.
func foreignTop() *big.Int { return new(big.Int).Sub(foreignModulus, big.NewInt(1)) }

// ones returns 2^n - 1.
func ones(n int) *big.Int { return new(big.Int).Sub(power(n), big.NewInt(1)) }

// limbMaxima returns what the limbs of an integer of n bits can be at most.
func limbMaxima(n int) (m [limbs]*big.Int) {
	for i := range m {
		m[i] = ones(max(0, min(limbBits, n-i*limbBits)))
	}
	return
}

// split cuts an integer into n limbs, the last of which takes all that is left.
func split(v *big.Int, n int) []*big.Int {
	out := make([]*big.Int, n)
	for i := range out {
		out[i] = new(big.Int).Rsh(v, uint(i*limbBits))
		if i+1 < n {
			out[i].And(out[i], ones(limbBits))
		}
	}
	return out
}
