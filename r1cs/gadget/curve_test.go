package gadget

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/consensys/gnark/constraint/solver"
	"github.com/consensys/gnark/frontend"
	gnark "github.com/consensys/gnark/frontend/cs/r1cs"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/curve"
	"fold.example/fold/r1cs"
)

// integerPoint has the coordinates of a point, nil at infinity.
type integerPoint [2]*big.Int

func (p integerPoint) variables() [2]frontend.Variable {
	if p[0] == nil {
		return [2]frontend.Variable{0, 0}
	}
	return [2]frontend.Variable{p[0], p[1]}
}

// oracle multiplies and adds with gnark-crypto.
type oracle interface {
	// point returns k times a fixed point.
	point(k *big.Int) integerPoint
	order() *big.Int
}

type grumpkinOracle struct{}

func (grumpkinOracle) order() *big.Int { return fq.Modulus() }
func (grumpkinOracle) point(k *big.Int) integerPoint {
	_, p := grumpkin.Generators()
	p.ScalarMultiplication(&p, k)
	if p.IsInfinity() {
		return integerPoint{}
	}
	return integerPoint{p.X.BigInt(new(big.Int)), p.Y.BigInt(new(big.Int))}
}

type bn254Oracle struct{}

func (bn254Oracle) order() *big.Int { return fr.Modulus() }
func (bn254Oracle) point(k *big.Int) integerPoint {
	_, _, p, _ := bn254.Generators()
	p.ScalarMultiplication(&p, k)
	if p.IsInfinity() {
		return integerPoint{}
	}
	return integerPoint{p.X.BigInt(new(big.Int)), p.Y.BigInt(new(big.Int))}
}

// pointCircuit constrains P op Q = R, or k P = R.
type pointCircuit struct {
	P, Q, R [2]frontend.Variable
	K       frontend.Variable
	op      string
}

func (g *pointCircuit) Define(api frontend.API) error {
	c, err := NewCurve(api)
	if err != nil {
		return err
	}
	var got Point
	p := c.Point(g.P[0], g.P[1])
	switch g.op {
	case "point":
		return nil
	case "add":
		got = c.Add(p, c.Point(g.Q[0], g.Q[1]))
	case "multiply":
		got = c.Multiply(p, api.ToBinary(g.K, 126))
	case "endoscalar":
		got = c.MultiplyEndoscalar(p, api.ToBinary(g.K, 126))
	}
	want := c.Point(g.R[0], g.R[1])
	c.AssertEqual(got, want)
	api.AssertIsEqual(got.Infinity, want.Infinity)
	return nil
}

func pointSystem[E curve.Element](t *testing.T, op string) *System[E] {
	sys, err := Compile[E](&pointCircuit{op: op}, frontend.IgnoreUnconstrainedInputs())
	require.NoError(t, err)
	return sys
}

func (g *pointCircuit) filled() *pointCircuit {
	out := *g
	for _, v := range []*frontend.Variable{&out.P[0], &out.P[1], &out.Q[0], &out.Q[1], &out.R[0], &out.R[1], &out.K} {
		if *v == nil {
			*v = 0
		}
	}
	return &out
}

// Pitfall 12: addition is complete.
func TestPitfall12Addition(t *testing.T) {
	onBothFields(t,
		func(t *testing.T) { testAddition[fr.Element](t, grumpkinOracle{}) },
		func(t *testing.T) { testAddition[fq.Element](t, bn254Oracle{}) })
}

func testAddition[E curve.Element](t *testing.T, o oracle) {
	sys, single := pointSystem[E](t, "add"), pointSystem[E](t, "point")
	// The 3 rows are the assertions at the end of the circuit.
	t.Logf("point %d rows, addition %d rows", single.Shape().Rows(), sys.Shape().Rows()-3*single.Shape().Rows()-3)
	require.Equal(t, pointRows, single.Shape().Rows())
	require.Equal(t, additionRows, sys.Shape().Rows()-3*single.Shape().Rows()-3)
	big1, big2 := new(big.Int).Rsh(o.order(), 3), new(big.Int).Rsh(o.order(), 1)
	zero, one, minus := new(big.Int), big.NewInt(1), new(big.Int).Sub(o.order(), big.NewInt(1))
	scalars := []*big.Int{zero, one, minus, big.NewInt(2), big1, new(big.Int).Sub(o.order(), big1), big2}
	for _, a := range scalars {
		for _, b := range scalars {
			sum := new(big.Int).Add(a, b)
			p, q, r := o.point(a), o.point(b), o.point(sum.Mod(sum, o.order()))
			g := (&pointCircuit{P: p.variables(), Q: q.variables(), R: r.variables()}).filled()
			_, err := sys.SolveCircuit(g)
			require.NoError(t, err, "%s + %s", a, b)
			other := o.point(sum.Add(sum, one).Mod(sum, o.order()))
			g = (&pointCircuit{P: p.variables(), Q: q.variables(), R: other.variables()}).filled()
			_, err = sys.SolveCircuit(g)
			require.ErrorIs(t, err, r1cs.ErrUnsatisfied, "%s + %s is not one more", a, b)
		}
	}
}

const (
	pointRows    = 6
	additionRows = 18
	multiplyRows = 918
)

func TestMultiplication(t *testing.T) {
	onBothFields(t,
		func(t *testing.T) { testMultiplication[fr.Element](t, grumpkinOracle{}) },
		func(t *testing.T) { testMultiplication[fq.Element](t, bn254Oracle{}) })
}

func testMultiplication[E curve.Element](t *testing.T, o oracle) {
	sys := pointSystem[E](t, "multiply")
	rows := sys.Shape().Rows() - 2*pointRows - 3 - 127 // two points, the assertions, the bits
	t.Logf("multiplication by 126 bits: %d rows, %d entries", rows, sys.Shape().Entries())
	require.Equal(t, multiplyRows, rows)
	top := new(big.Int).Sub(power(126), big.NewInt(1))
	minus := new(big.Int).Sub(o.order(), big.NewInt(1))
	for _, base := range []*big.Int{new(big.Int), big.NewInt(1), minus, big.NewInt(123456789)} {
		for _, k := range []*big.Int{new(big.Int), big.NewInt(1), big.NewInt(2), power(125), top,
			new(big.Int).Rsh(minus, 131)} {
			product := new(big.Int).Mul(base, k)
			r := o.point(product.Mod(product, o.order()))
			g := (&pointCircuit{P: o.point(base).variables(), R: r.variables(), K: k}).filled()
			_, err := sys.SolveCircuit(g)
			require.NoError(t, err, "%s times %s", k, base)
			wrong := o.point(product.Add(product, big.NewInt(1)).Mod(product, o.order()))
			g = (&pointCircuit{P: o.point(base).variables(), R: wrong.variables(), K: k}).filled()
			_, err = sys.SolveCircuit(g)
			require.ErrorIs(t, err, r1cs.ErrUnsatisfied)
		}
	}
	_, err := sys.SolveCircuit((&pointCircuit{K: power(126)}).filled())
	require.ErrorIs(t, err, r1cs.ErrUnsatisfied, "127 bits")
}

// Pitfall 39: points off the curve are refused, also points of y^2 = x^3 and of twists with y
// = 0 or x = 0, and also if the hint for the flag is wrong.
func TestPitfall39PointsOffTheCurve(t *testing.T) {
	onBothFields(t,
		func(t *testing.T) { testOffCurve[fr.Element](t, grumpkinOracle{}) },
		func(t *testing.T) { testOffCurve[fq.Element](t, bn254Oracle{}) })
}

func testOffCurve[E curve.Element](t *testing.T, o oracle) {
	sys := pointSystem[E](t, "point")
	good := o.point(big.NewInt(5))
	_, err := sys.SolveCircuit((&pointCircuit{P: good.variables()}).filled())
	require.NoError(t, err)
	for _, p := range [][2]frontend.Variable{{1, 3}, {0, 1}, {1, 0}, {4, 8}, {1, 1}, {good[0], 0}, {0, good[1]},
		{good[1], good[0]}} {
		for _, lie := range [][]*big.Int{nil, {big.NewInt(0)}, {big.NewInt(1)}, {big.NewInt(7)}} {
			_, err := sys.SolveCircuit((&pointCircuit{P: p}).filled(), lies(sys, lie)...)
			require.ErrorIs(t, err, r1cs.ErrUnsatisfied, fmt.Sprint(p))
		}
	}
}

// lies overrides every hint of a system by a constant.
func lies[E curve.Element](s *System[E], values []*big.Int) (opts []solver.Option) {
	if values == nil {
		return nil
	}
	for _, id := range hintsOf(s) {
		opts = append(opts, solver.OverrideHint(id, func(_ *big.Int, _, out []*big.Int) error {
			for i := range out {
				out[i].Set(values[i%len(values)])
			}
			return nil
		}))
	}
	return
}

// Whoever multiplies a point whose ratio to the offset is known can make the ladder meet a
// special case at any digit. No wrong result is accepted: if a chord would be a tangent or
// vertical, the circuit is unsatisfiable, even for the right result. The addition at the end
// is complete and handles its special cases.
func TestLadderWithKnownMultiplesOfTheOffset(t *testing.T) {
	onBothFields(t,
		func(t *testing.T) {
			offset, err := grumpkin.HashToG1([]byte("offset"), []byte(offsetDomain))
			require.NoError(t, err)
			testLadderCollisions[fr.Element](t, fq.Modulus(), func(k *big.Int) [2]frontend.Variable {
				p := *new(grumpkin.G1Affine).ScalarMultiplication(&offset, k)
				return [2]frontend.Variable{p.X.BigInt(new(big.Int)), p.Y.BigInt(new(big.Int))}
			})
		},
		func(t *testing.T) {
			offset, err := bn254.HashToG1([]byte("offset"), []byte(offsetDomain))
			require.NoError(t, err)
			testLadderCollisions[fq.Element](t, fr.Modulus(), func(k *big.Int) [2]frontend.Variable {
				p := *new(bn254.G1Affine).ScalarMultiplication(&offset, k)
				return [2]frontend.Variable{p.X.BigInt(new(big.Int)), p.Y.BigInt(new(big.Int))}
			})
		})
}

func testLadderCollisions[E curve.Element](t *testing.T, order *big.Int, times func(k *big.Int) [2]frontend.Variable) {
	sys := pointSystem[E](t, "multiply")
	k, _ := new(big.Int).SetString("2b3c5d7e9f1a2b3c5d7e9f1a2b3c5d7f", 16)
	solve := func(ratio *big.Int) error {
		_, err := sys.SolveCircuit((&pointCircuit{P: times(ratio), R: times(new(big.Int).Mul(ratio, k)),
			K: k}).filled())
		return err
	}
	quotient := func(a, b *big.Int) *big.Int { // modulo the order
		b = new(big.Int).Mod(b, order)
		return b.ModInverse(b, order).Mul(b, a).Mod(b, order)
	}
	refused := func(c, m *big.Int, sign int64) {
		require.ErrorIs(t, solve(quotient(c, new(big.Int).Sub(big.NewInt(sign), m))), r1cs.ErrUnsatisfied,
			"%s offset + %s p = %d p", c, m, sign)
	}
	require.NoError(t, solve(big.NewInt(777)))
	require.ErrorIs(t, solve(big.NewInt(1)), r1cs.ErrUnsatisfied)
	require.ErrorIs(t, solve(new(big.Int).Sub(order, big.NewInt(1))), r1cs.ErrUnsatisfied)
	// The accumulator is acc = c offset + m p. A step computes (acc +- p) + acc.
	c, m, two := big.NewInt(1), big.NewInt(1), big.NewInt(2)
	for i := 124; i >= 0; i-- {
		sign := int64(2*k.Bit(i+1)) - 1
		doubled := new(big.Int).Mul(m, two)
		if i%25 == 24 && i < 124 {
			refused(c, m, 1)
			refused(c, m, -1)
			refused(new(big.Int).Mul(c, two), doubled, -sign) // the intermediate sum is -(c offset + m p)
		}
		c, m = new(big.Int).Mul(c, two), doubled.Add(doubled, big.NewInt(sign))
	}
	require.Equal(t, k, new(big.Int).Sub(m, big.NewInt(1-int64(k.Bit(0)))))
	refused(c, m, 1)
	refused(c, m, -1)
	// The accumulator equals the point that the last addition adds, so that it is a doubling.
	require.NoError(t, solve(quotient(new(big.Int).Mul(c, two), new(big.Int).Neg(k))))
}

func TestCurveLimits(t *testing.T) {
	_, err := frontend.Compile(ecc.BLS12_381.ScalarField(), gnark.NewBuilder, &pointCircuit{op: "point"})
	require.ErrorContains(t, err, "no curve has its coordinates")
	require.PanicsWithValue(t, "gadget: a scalar of 1 bits, 2 to 252 are possible", func() {
		(&Curve{}).Multiply(Point{}, make([]frontend.Variable, 1))
	})
}
