package gadget

import (
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark/frontend"
	"github.com/consensys/gnark/std/math/bits"

	"fold.example/fold/r1cs"
)

const (
	limbBits = r1cs.LimbBits
	limbs    = r1cs.Limbs
	// fqBits is the size of an element of Fq.
	fqBits = 254
	// packBits is the size of the limbs in which a transcript absorbs Fq.
	packBits = 128
)

// LimbInt is a nonnegative integer in a circuit over Fr: three limbs of 86 bits, lowest
// first, each known to be at most max, and the integer to be at most bound.
type LimbInt struct {
	limbs [limbs]frontend.Variable
	bits  []frontend.Variable
	max   [limbs]*big.Int
	bound *big.Int
}

// NonNative constrains three limbs to be the one representation of an element of Fq:
// below 2^86, 2^86 and the upper limb of q. 287 rows.
//
// Comparing the upper limb alone, strictly, refuses the last elements below q, fewer
// than 2^172, which would cost another 79 rows. A value that depends on a hash, as a
// coordinate of a commitment or what a challenge was multiplied with, is one of them
// with probability below 2^-81; nothing that others can choose brings a prover there.
func (c *Circuit) NonNative(v [limbs]frontend.Variable) LimbInt {
	z := LimbInt{limbs: v, max: limbMaxima(fqBits), bound: nonNativeTop()}
	for _, limb := range v[:limbs-1] {
		z.bits = append(z.bits, bits.ToBinary(c.api, limb, bits.WithNbDigits(limbBits))...)
	}
	// Unconstrained, because the comparison constrains each bit as well.
	upper := bits.ToBinary(c.api, v[limbs-1], bits.WithNbDigits(fqBits-(limbs-1)*limbBits),
		bits.WithUnconstrainedOutputs())
	c.assertAtMost(upper, new(big.Int).Rsh(z.bound, (limbs-1)*limbBits))
	z.bits = append(z.bits, upper...)
	return z
}

// Small returns the integer of up to 252 bits that the caller has constrained to be
// bits: a row a limb.
func (c *Circuit) Small(b []frontend.Variable) LimbInt {
	if len(b) > smallBits {
		panic(fmt.Sprintf("gadget: a small integer of %d bits, at most %d are possible", len(b), smallBits))
	}
	z := LimbInt{bits: b, max: limbMaxima(len(b)), bound: ones(len(b))}
	for i := range z.limbs {
		z.limbs[i] = c.Wire(c.sum(b[min(i*limbBits, len(b)):min((i+1)*limbBits, len(b))]))
	}
	return z
}

// smallBits is the size of two challenges: below the order of either field.
const smallBits = 252

// Packed returns the integer's low 128 bits and the rest, as transcripts absorb
// it, without a row. A product of challenges has no bits and no encoding.
func (z LimbInt) Packed(c *Circuit) (low, high frontend.Variable) {
	if len(z.bits) < z.bound.BitLen() {
		panic(fmt.Sprintf("gadget: an integer of %d bits, %d of them known, has no encoding", z.bound.BitLen(),
			len(z.bits)))
	}
	cut := min(packBits, len(z.bits))
	return c.sum(z.bits[:cut]), c.sum(z.bits[cut:])
}

// Limbs returns the three limbs, as NonNative takes them.
func (z LimbInt) Limbs() [limbs]frontend.Variable { return z.limbs }

// Value returns the integer modulo r, without a row.
func (z LimbInt) Value(c *Circuit) frontend.Variable { return c.value(z.limbs[:]) }

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
		panic("gadget: the builder has no comparison with a constant")
	}
	builder.MustBeLessOrEqCst(b, top, b[0])
}

// NonNativePoint is a point of BN254's G1 in a circuit over Fr, (0, 0) at infinity.
// That it is on the curve is not known here.
type NonNativePoint struct{ X, Y LimbInt }

// NonNativePoint constrains both coordinates, of three limbs each, to be canonical:
// 574 rows.
func (c *Circuit) NonNativePoint(l [2 * limbs]frontend.Variable) NonNativePoint {
	return NonNativePoint{c.NonNative([limbs]frontend.Variable(l[:limbs])),
		c.NonNative([limbs]frontend.Variable(l[limbs:]))}
}

// Encode returns the point as a transcript absorbs it.
func (p NonNativePoint) Encode(c *Circuit) []frontend.Variable {
	x0, x1 := p.X.Packed(c)
	y0, y1 := p.Y.Packed(c)
	return []frontend.Variable{x0, x1, y0, y1}
}

// Limbs returns the six limbs, as NonNativePoint takes them.
func (p NonNativePoint) Limbs() (l [2 * limbs]frontend.Variable) {
	copy(l[:], append(p.X.limbs[:], p.Y.limbs[:]...))
	return
}

// Pack returns the point as three elements, for hashes, without a row: the two
// lower limbs of x, those of y, and both upper ones. It is one-to-one for limbs of 86
// bits, which coordinates that are products of challenges do not have.
func (p NonNativePoint) Pack(c *Circuit) [3]frontend.Variable {
	for _, top := range append(p.X.max[:], p.Y.max[:]...) {
		if top.BitLen() > limbBits {
			panic(fmt.Sprintf("gadget: packing limbs of %d bits", top.BitLen()))
		}
	}
	pair := func(low, high frontend.Variable) frontend.Variable { return c.value([]frontend.Variable{low, high}) }
	return [3]frontend.Variable{
		pair(p.X.limbs[0], p.X.limbs[1]), pair(p.Y.limbs[0], p.Y.limbs[1]), pair(p.X.limbs[2], p.Y.limbs[2]),
	}
}

// fqModulus is q.
var fqModulus = ecc.BN254.BaseField()

// nonNativeTop returns the largest integer that NonNative accepts: the last before the
// upper limb of q.
func nonNativeTop() *big.Int {
	top := new(big.Int).Rsh(fqModulus, (limbs-1)*limbBits)
	return top.Sub(top.Lsh(top, (limbs-1)*limbBits), big.NewInt(1))
}

// ones returns 2^n - 1.
func ones(n int) *big.Int { return new(big.Int).Sub(power(n), big.NewInt(1)) }

// limbMaxima returns what the limbs of an integer of n bits can be at most.
func limbMaxima(n int) (m [limbs]*big.Int) {
	for i := range m {
		m[i] = ones(max(0, min(limbBits, n-i*limbBits)))
	}
	return
}
