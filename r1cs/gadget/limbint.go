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

// LimbInt is a nonnegative integer in a circuit over Fr: three limbs of 86 bits, lowest first.
// Each limb is at most its entry of max, and the integer at most bound.
type LimbInt struct {
	limbs [limbs]frontend.Variable
	bits  []frontend.Variable
	max   [limbs]*big.Int
	bound *big.Int
}

// NonNative constrains three limbs to be the canonical representation of an element of Fq:
// below 2^86, 2^86 and the upper limb of q. 287 rows.
//
// Only the upper limb is compared, strictly, with the upper limb of q. This refuses the last
// elements below q, fewer than 2^172; accepting them would cost another 79 rows. A value that
// depends on a hash, such as a coordinate of a commitment or a product with a challenge, is
// one of them with probability below 2^-81. No value that somebody else chooses can therefore
// stop a prover.
func (c *Circuit) NonNative(v [limbs]frontend.Variable) LimbInt {
	z := LimbInt{limbs: v, max: limbMaxima(fqBits), bound: nonNativeTop()}
	for _, limb := range v[:limbs-1] {
		z.bits = append(z.bits, bits.ToBinary(c.api, limb, bits.WithNbDigits(limbBits))...)
	}
	// Unconstrained, because the comparison constrains each bit.
	upper := bits.ToBinary(c.api, v[limbs-1], bits.WithNbDigits(fqBits-(limbs-1)*limbBits),
		bits.WithUnconstrainedOutputs())
	c.assertAtMost(upper, new(big.Int).Rsh(z.bound, (limbs-1)*limbBits))
	z.bits = append(z.bits, upper...)
	return z
}

// Small returns the integer with the given bits, at most 252, which the caller must constrain
// to be bits: one row for each limb.
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

// smallBits is the size of a product of two challenges: below the order of either field.
const smallBits = 252

// Packed returns the low 128 bits of the integer and the rest, as transcripts absorb it,
// without a row. It panics for a product of challenges, whose limbs have no bits.
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

// comparer is gnark's comparison of bits with a constant. gnark's bits package finds it in a
// builder by the same assertion. The comparison also constrains the bits, with one row for
// each, where the API's own operations need two.
type comparer interface {
	MustBeLessOrEqCst(b []frontend.Variable, top *big.Int, debug frontend.Variable)
}

// assertAtMost constrains b to be the bits, lowest first, of an integer of at most top.
func (c *Circuit) assertAtMost(b []frontend.Variable, top *big.Int) {
	builder, ok := c.api.Compiler().(comparer)
	if !ok {
		panic("gadget: the builder has no comparison with a constant")
	}
	builder.MustBeLessOrEqCst(b, top, b[0])
}

// NonNativePoint is a point of BN254's G1 in a circuit over Fr, (0, 0) at infinity. It is not
// constrained to be on the curve.
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

// Pack returns the point as three elements for hashes, without a row: the two lower limbs of
// x, the two lower limbs of y, and both upper limbs. The map is one-to-one for limbs of 86
// bits. Pack panics for coordinates that are products of challenges, whose limbs are larger.
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

// nonNativeTop returns the largest integer that NonNative accepts: the largest one whose upper
// limb is below the upper limb of q.
func nonNativeTop() *big.Int {
	top := new(big.Int).Rsh(fqModulus, (limbs-1)*limbBits)
	return top.Sub(top.Lsh(top, (limbs-1)*limbBits), big.NewInt(1))
}

// ones returns 2^n - 1.
func ones(n int) *big.Int { return new(big.Int).Sub(power(n), big.NewInt(1)) }

// limbMaxima returns the largest values of the limbs of an integer of n bits.
func limbMaxima(n int) (m [limbs]*big.Int) {
	for i := range m {
		m[i] = ones(max(0, min(limbBits, n-i*limbBits)))
	}
	return
}
