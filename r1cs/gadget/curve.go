package gadget

import (
	"fmt"
	"math/big"
	"sync"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	"github.com/consensys/gnark/frontend"
)

// Curve does arithmetic on the curve whose coordinates are in the circuit's field: Grumpkin in
// a circuit over Fr, G1 of BN254 in a circuit over Fq. Both are y^2 = x^3 + b and have prime
// order, so that no finite point has y = 0.
type Curve struct {
	api frontend.API
	*constants
}

// Point is a point that is constrained to be on the curve, or infinity. Infinity is 1 for the
// point at infinity, whose coordinates are zero, and 0 for all other points.
type Point struct{ X, Y, Infinity frontend.Variable }

// affine is a constant point.
type affine struct{ x, y *big.Int }

type constants struct {
	b         int
	generator affine
	offset    affine
	// multiple returns -2^n times the offset.
	multiple func(n int) affine
}

const offsetDomain = "fold/r1cs/v1/offset"

var grumpkinConstants = sync.OnceValue(func() *constants {
	_, g := grumpkin.Generators()
	offset, err := grumpkin.HashToG1([]byte("offset"), []byte(offsetDomain))
	if err != nil {
		panic(err) // impossible: the arguments are constants
	}
	point := func(p grumpkin.G1Affine) affine { return affine{p.X.BigInt(new(big.Int)), p.Y.BigInt(new(big.Int))} }
	return &constants{-17, point(g), point(offset), func(n int) affine {
		p := offset
		p.ScalarMultiplication(&p, power(n))
		return point(*p.Neg(&p))
	}}
})

var bn254Constants = sync.OnceValue(func() *constants {
	_, _, g, _ := bn254.Generators()
	offset, err := bn254.HashToG1([]byte("offset"), []byte(offsetDomain))
	if err != nil {
		panic(err) // impossible: the arguments are constants
	}
	point := func(p bn254.G1Affine) affine { return affine{p.X.BigInt(new(big.Int)), p.Y.BigInt(new(big.Int))} }
	return &constants{3, point(g), point(offset), func(n int) affine {
		p := offset
		p.ScalarMultiplication(&p, power(n))
		return point(*p.Neg(&p))
	}}
})

// power returns 2^n.
func power(n int) *big.Int { return new(big.Int).Lsh(big.NewInt(1), uint(n)) }

// NewCurve wraps a gnark API. It returns an error unless the circuit is over Fr or Fq.
func NewCurve(api frontend.API) (*Curve, error) {
	switch f := api.Compiler().Field(); {
	case f.Cmp(ecc.BN254.ScalarField()) == 0:
		return &Curve{api, grumpkinConstants()}, nil
	case f.Cmp(ecc.GRUMPKIN.ScalarField()) == 0:
		return &Curve{api, bn254Constants()}, nil
	default:
		return nil, fmt.Errorf("gadget: no curve has its coordinates in the field of order %s", f)
	}
}

// Infinity returns the neutral element.
func (c *Curve) Infinity() Point { return Point{0, 0, 1} }

// Point constrains (x, y) to be on the curve, or to be (0, 0) for infinity: 6 rows.
//
// The flag is 1 if y = 0. The equation is then x^3 = 0, which only x = 0 satisfies. If the
// flag is 0, the equation is the curve's, whose points have y != 0.
func (c *Curve) Point(x, y frontend.Variable) Point {
	p := Point{x, y, c.api.IsZero(y)}
	cube := c.api.Mul(c.api.Mul(x, x), x)
	b := c.api.Mul(c.b, c.api.Sub(1, p.Infinity))
	c.api.AssertIsEqual(c.api.Mul(y, y), c.api.Add(cube, b))
	return p
}

// Neg returns -p, without a row.
func (c *Curve) Neg(p Point) Point { return Point{p.X, c.api.Neg(p.Y), p.Infinity} }

// AssertEqual constrains p = q: two rows. The coordinates determine the flags.
func (c *Curve) AssertEqual(p, q Point) {
	c.api.AssertIsEqual(p.X, q.X)
	c.api.AssertIsEqual(p.Y, q.Y)
}

// Add returns p + q for all points: equal, opposite, infinite.
//
// For equal x, the slope is the tangent's. The divisor is never zero: it is x2 - x1 if these
// differ, otherwise 2 y1, plus 1 if p is infinite, because y1 = 0 then. For equal x, y1 = -y2
// holds for opposite points and for two infinities only, since y is zero only at infinity.
func (c *Curve) Add(p, q Point) Point {
	api := c.api
	dx := api.Sub(q.X, p.X)
	same := api.IsZero(dx)
	opposite := api.Mul(same, api.IsZero(api.Add(p.Y, q.Y)))
	divisor := api.Select(same, api.Add(p.Y, p.Y, p.Infinity), dx)
	slope := api.Div(api.Select(same, api.Mul(3, api.Mul(p.X, p.X)), api.Sub(q.Y, p.Y)), divisor)
	x := api.Sub(api.Mul(slope, slope), api.Add(p.X, q.X))
	y := api.Sub(api.Mul(slope, api.Sub(p.X, x)), p.Y)
	pass := func(first, second, sum frontend.Variable) frontend.Variable {
		v := api.Select(p.Infinity, second, api.Select(q.Infinity, first, sum))
		return api.Sub(v, api.Mul(opposite, v))
	}
	return Point{pass(p.X, q.X, x), pass(p.Y, q.Y, y), opposite}
}

// chord returns p + q for finite points with different x. For equal x it is unsatisfiable, as
// it divides by the difference.
func (c *Curve) chord(p, q affinePoint) affinePoint {
	slope := c.api.Div(c.api.Sub(q.y, p.y), c.api.Sub(q.x, p.x))
	x := c.api.Sub(c.api.Mul(slope, slope), c.api.Add(p.x, q.x))
	return affinePoint{x, c.api.Sub(c.api.Mul(slope, c.api.Sub(p.x, x)), p.y)}
}

// affinePoint is a finite point.
type affinePoint struct{ x, y frontend.Variable }

// doubleAdd returns (p + q) + p without computing the y of p + q: 6 rows. No assignment satisfies the
// constraints if p = q or p = -q, or if p + q has the x of p. The second quotient needs no check of its
// divisor: the dividend 2y is not zero on a curve of odd order, so no quotient satisfies the equation
// with a divisor of zero.
func (c *Curve) doubleAdd(p, q affinePoint) affinePoint {
	api := c.api
	first := api.Div(api.Sub(p.y, q.y), api.Sub(p.x, q.x))
	middle := api.Sub(api.Mul(first, first), api.Add(p.x, q.x))
	second := api.Add(api.DivUnchecked(api.Add(p.y, p.y), api.Sub(middle, p.x)), first)
	x := api.Sub(api.Mul(second, second), api.Add(p.x, middle))
	return affinePoint{x, api.Sub(api.Mul(second, api.Sub(x, p.x)), p.y)}
}

// Multiply returns k p for k = sum_i bits[i] 2^i. It takes 2 to 252 bits, which the caller
// must constrain to be bits.
//
// The ladder uses the digits ±1 of k or k + 1, whichever is odd, and starts at an offset point
// hashed to the curve. Its chords therefore meet no special case, unless somebody knows p as a
// multiple of the offset. In that case a division is unsatisfiable, so no wrong result is
// accepted. p = infinity, k = 0 and k = 1 are handled: the ladder runs on the generator
// instead of infinity, and a complete addition subtracts the multiple of the offset.
func (c *Curve) Multiply(p Point, bits []frontend.Variable) Point {
	n, api := len(bits), c.api
	if n < 2 || n > 252 {
		panic(fmt.Sprintf("gadget: a scalar of %d bits, 2 to 252 are possible", n))
	}
	base := c.finite(p)
	// 2^(n-1) + sum_{i<n-1} (2 b_(i+1) - 1) 2^i = k - b_0 + 1.
	acc := c.chord(affinePoint{c.offset.x, c.offset.y}, base)
	for i := n - 2; i >= 0; i-- {
		sign := api.Sub(api.Mul(2, bits[i+1]), 1)
		acc = c.doubleAdd(acc, affinePoint{base.x, api.Mul(sign, base.y)})
		if i%settled == 0 {
			acc.y = wire(api, acc.y) // acc.y gains one term in each iteration
		}
	}
	less := c.chord(acc, affinePoint{base.x, api.Neg(base.y)})
	shifted := Point{api.Select(bits[0], acc.x, less.x), api.Select(bits[0], acc.y, less.y), 0}
	away := c.multiple(n - 1)
	return c.unless(p.Infinity, c.Add(shifted, Point{away.x, away.y, 0}))
}

// finite returns p, or the generator if p is infinity.
func (c *Curve) finite(p Point) affinePoint {
	return affinePoint{
		c.api.Add(p.X, c.api.Mul(p.Infinity, c.generator.x)), // the coordinates of infinity are zero
		c.api.Add(p.Y, c.api.Mul(p.Infinity, c.generator.y)),
	}
}

// settled is the number of doublings after which the ladder's y coordinate gets a wire of its
// own.
const settled = 8

// unless returns p if bit is 0, and infinity if bit is 1.
func (c *Curve) unless(bit frontend.Variable, p Point) Point {
	keep := c.api.Sub(1, bit)
	finite := c.api.Mul(keep, c.api.Sub(1, p.Infinity))
	return Point{c.api.Mul(keep, p.X), c.api.Mul(keep, p.Y), c.api.Sub(1, finite)}
}
