package gadget

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/consensys/gnark/constraint/solver"
	"github.com/consensys/gnark/frontend"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/r1cs"
)

type limbVariables = [limbs]frontend.Variable

func limbsOf(v *big.Int) (out limbVariables) {
	for i, l := range r1cs.Split(v, limbs) {
		out[i] = l
	}
	return
}

// foldCircuit constrains Z = A + r B for a scalar r of 126 bits, or Z = A + B C + B C.
type foldCircuit struct {
	A, B, C, Z limbVariables
	R          frontend.Variable
	full       bool
}

func (f *foldCircuit) Define(api frontend.API) error {
	c, err := NewCircuit(api)
	if err != nil {
		return err
	}
	a, b := c.NonNative(f.A), c.NonNative(f.B)
	var z LimbInt
	if f.full {
		p := Product{b, c.NonNative(f.C)}
		z = c.MulAdd(a, p, p)
	} else {
		z = c.MulAdd(a, Product{c.Small(api.ToBinary(f.R, 126)), b})
	}
	for i := range z.limbs {
		api.AssertIsEqual(z.limbs[i], f.Z[i])
	}
	return nil
}

func foldInputs(a, b, s *big.Int, full bool) *foldCircuit {
	z := new(big.Int).Mul(b, s)
	if full {
		z.Lsh(z, 1)
	}
	f := &foldCircuit{A: limbsOf(a), B: limbsOf(b), Z: limbsOf(z.Add(z, a).Mod(z, fqModulus)),
		C: limbVariables{0, 0, 0}, R: 0}
	if full {
		f.C = limbsOf(s)
	} else {
		f.R = s
	}
	return f
}

func foldSystem(t *testing.T, full bool) *System[fr.Element] {
	sys, err := Compile[fr.Element](&foldCircuit{full: full}, frontend.IgnoreUnconstrainedInputs())
	require.NoError(t, err)
	return sys
}

const (
	nonNativeRows = 287
	mulAddRows    = 598
	mulAddTwoRows = 831
)

func TestMulAdd(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	random := func(below *big.Int) *big.Int {
		v := new(big.Int)
		for range 5 {
			v.Lsh(v, 64).Add(v, new(big.Int).SetUint64(rng.Uint64()))
		}
		return v.Mod(v, below)
	}
	top, zero := nonNativeTop(), new(big.Int)
	for _, full := range []bool{false, true} {
		sys := foldSystem(t, full)
		rows, scalars := sys.Shape().Rows()-2*nonNativeRows-limbs, ones(126)
		if full {
			rows, scalars = rows-nonNativeRows, top
			require.Equal(t, mulAddTwoRows, rows)
		} else {
			rows -= 127 + 2 // the bits and the limbs of the scalar
			require.Equal(t, mulAddRows, rows)
		}
		t.Logf("full %v: %d rows, %d entries in all", full, rows, sys.Shape().Entries())
		extremes := []*big.Int{zero, big.NewInt(1), scalars, random(scalars), random(scalars)}
		for _, a := range []*big.Int{zero, top, random(top)} {
			for _, b := range []*big.Int{zero, big.NewInt(1), top, ones(253), random(top)} {
				for _, s := range extremes {
					in := foldInputs(a, b, s, full)
					_, err := sys.SolveCircuit(in)
					if joinVariables(in.Z).Cmp(top) > 0 {
						require.ErrorIs(t, err, r1cs.ErrUnsatisfied, "one of the last elements")
					} else {
						require.NoError(t, err, "%s + %s %s", a, b, s)
					}
				}
			}
		}
	}
}

// Pitfall 9: only the right result passes, whatever quotient, result and carries the hint
// returns. The test tries the result plus q with the quotient minus one, an identity modulo r
// only, and an identity modulo the limbs only, each with matching carries.
func TestPitfall09MaliciousQuotients(t *testing.T) {
	id := solver.GetHintID(mulAddHint)
	r := curve.Modulus[fr.Element]()
	for _, full := range []bool{false, true} {
		sys := foldSystem(t, full)
		// 2 b = q + 9: the quotient is not 0, and the result is so small that the result plus
		// q also has 254 bits.
		a, s := big.NewInt(5), big.NewInt(2)
		b := new(big.Int).Add(fqModulus, big.NewInt(9))
		b.Rsh(b, 1)
		testForgedQuotients(t, sys, func() (frontend.Circuit, *limbVariables) {
			f := foldInputs(a, b, s, full)
			return f, &f.Z
		})
		testShiftedOutputs(t, sys, id, foldInputs(a, b, s, full), r)
	}
}

// testForgedQuotients solves a circuit of one MulAdd for wrong quotients and results, with the
// carries that match them.
func testForgedQuotients(t *testing.T, sys *System[fr.Element], inputs func() (frontend.Circuit, *limbVariables)) {
	id, r := solver.GetHintID(mulAddHint), curve.Modulus[fr.Element]()
	for name, shift := range map[string]struct{ quotient, result *big.Int }{
		"q more":             {big.NewInt(-1), fqModulus},
		"q less":             {big.NewInt(1), new(big.Int).Neg(fqModulus)},
		"r more":             {new(big.Int), r},
		"a quotient of r":    {r, new(big.Int)},
		"a power of limbs":   {new(big.Int), power(2 * limbBits)},
		"one more":           {new(big.Int), big.NewInt(1)},
		"a quotient of ones": {big.NewInt(1), new(big.Int)},
	} {
		forge := func(carries func(in, out []*big.Int)) error {
			forged := solver.OverrideHint(id, func(m *big.Int, in, out []*big.Int) error {
				if err := mulAddHint(m, in, out); err != nil {
					return err
				}
				n := int(in[0].Int64())
				k, z := join(out[:n]), join(out[n:n+limbs])
				assignMulAdd(in, out, k.Add(k, shift.quotient), z.Add(z, shift.result))
				carries(in, out)
				for _, v := range out {
					v.Mod(v, r)
				}
				return nil
			})
			f, result := inputs()
			z := new(big.Int).Add(joinVariables(*result), shift.result)
			copyVariables(result, r1cs.Split(z, limbs), r)
			_, err := sys.SolveCircuit(f, forged)
			return err
		}
		require.ErrorIs(t, forge(func(_, _ []*big.Int) {}), r1cs.ErrUnsatisfied, name)
		require.ErrorIs(t, forge(fieldCarries), r1cs.ErrUnsatisfied, "%s, carries in the field", name)
	}
}

// testShiftedOutputs alters every output of the hint, alone and together with a carry that
// compensates for it in the next limb.
func testShiftedOutputs(t *testing.T, sys *System[fr.Element], id solver.HintID, f frontend.Circuit, r *big.Int) {
	var outputs int
	_, err := sys.SolveCircuit(f, solver.OverrideHint(id, func(m *big.Int, in, out []*big.Int) error {
		outputs = len(out)
		return mulAddHint(m, in, out)
	}))
	require.NoError(t, err)
	for at := range outputs {
		for _, by := range []*big.Int{big.NewInt(1), big.NewInt(-1), power(limbBits),
			new(big.Int).Neg(power(limbBits))} {
			_, err := sys.SolveCircuit(f, solver.OverrideHint(id, func(m *big.Int, in, out []*big.Int) error {
				if err := mulAddHint(m, in, out); err != nil {
					return err
				}
				out[at].Add(out[at], by).Mod(out[at], r)
				if at+1 < outputs && by.BitLen() > limbBits {
					out[at+1].Sub(out[at+1], big.NewInt(int64(by.Sign()))).Mod(out[at+1], r)
				}
				return nil
			}))
			require.ErrorIs(t, err, r1cs.ErrUnsatisfied, fmt.Sprintf("output %d by %s", at, by))
		}
	}
}

// fieldCarries replaces carries by the quotients in the field, which satisfy the equation of
// each column for any quotient and result.
func fieldCarries(in, out []*big.Int) {
	n, columns, r := int(in[0].Int64()), int(in[1].Int64()), curve.Modulus[fr.Element]()
	a, factors := operands(in)
	var sums [2*limbs - 1]big.Int
	for i := range a {
		sums[i].Sub(a[i], out[n+i])
	}
	for f := factors; len(f) > 0; f = f[2*limbs:] {
		accumulate(&sums, f[:limbs], f[limbs:2*limbs], 1)
	}
	accumulate(&sums, out[:n], r1cs.Split(fqModulus, limbs), -1)
	carry, inverse := new(big.Int), new(big.Int).ModInverse(power(limbBits), r)
	for j := range columns {
		carry.Add(carry, &sums[j]).Mul(carry, inverse).Mod(carry, r)
		out[n+limbs+j].Add(carry, in[2+j])
	}
}

func copyVariables(dst *limbVariables, src []*big.Int, r *big.Int) {
	for i := range dst {
		dst[i] = new(big.Int).Mod(src[i], r)
	}
}

func joinVariables(v limbVariables) *big.Int {
	return join([]*big.Int{v[0].(*big.Int), v[1].(*big.Int), v[2].(*big.Int)})
}

// encodeCircuit constrains the encoding of a point for a transcript.
type encodeCircuit struct {
	X, Y   limbVariables
	Want   [4]frontend.Variable
	Packed [3]frontend.Variable
}

func (e *encodeCircuit) Define(api frontend.API) error {
	c, err := NewCircuit(api)
	if err != nil {
		return err
	}
	p := c.NonNativePoint([6]frontend.Variable(append(e.X[:], e.Y[:]...)))
	for i, v := range p.Encode(c) {
		c.AssertEqual(v, e.Want[i], "limb")
	}
	for i, v := range p.Pack(c) {
		c.AssertEqual(v, e.Packed[i], "packed limbs")
	}
	return nil
}

// Pitfall 8: a coordinate has one representation, and its encoding equals the native
// transcript's.
func TestPitfall08CanonicalCoordinates(t *testing.T) {
	sys, err := Compile[fr.Element](&encodeCircuit{})
	require.NoError(t, err)
	t.Logf("a BN254 point in limbs: %d rows", sys.Shape().Rows()-7)
	require.Equal(t, 2*nonNativeRows, sys.Shape().Rows()-7)
	encode := func(x, y *big.Int, want [4]fr.Element) *encodeCircuit {
		e := &encodeCircuit{X: limbsOf(x), Y: limbsOf(y)}
		// The coordinates are arbitrary integers, not on the curve.
		p := bn254.G1Affine{X: fp.Element(curve.FromInteger[fq.Element](x)),
			Y: fp.Element(curve.FromInteger[fq.Element](y))}
		for i, v := range r1cs.PackPoint(&p) {
			e.Packed[i] = v
		}
		for i := range want {
			e.Want[i] = want[i]
		}
		return e
	}
	_, _, p, _ := bn254.Generators()
	for _, k := range []int64{0, 1, 2, 987654321} {
		var q bn254.G1Affine
		q.ScalarMultiplication(&p, big.NewInt(k))
		e := encode(q.X.BigInt(new(big.Int)), q.Y.BigInt(new(big.Int)), transcript.PointLimbs(&q))
		_, err := sys.SolveCircuit(e)
		require.NoError(t, err)
	}
	for _, x := range []*big.Int{new(big.Int).Add(nonNativeTop(), big.NewInt(1)), fqModulus,
		new(big.Int).Add(fqModulus, big.NewInt(1)), ones(254), power(254)} {
		low, high := new(big.Int).And(x, ones(packBits)), new(big.Int).Rsh(x, packBits)
		want := [4]fr.Element{curve.FromInteger[fr.Element](low), curve.FromInteger[fr.Element](high)}
		_, err := sys.SolveCircuit(encode(x, new(big.Int), want))
		require.ErrorIs(t, err, r1cs.ErrUnsatisfied, "%x", x)
	}
	top := nonNativeTop()
	want := [4]fr.Element{curve.FromInteger[fr.Element](new(big.Int).And(top, ones(packBits))),
		curve.FromInteger[fr.Element](new(big.Int).Rsh(top, packBits))}
	_, err = sys.SolveCircuit(encode(top, new(big.Int), want))
	require.NoError(t, err)
	e := encode(big.NewInt(0), new(big.Int), [4]fr.Element{})
	e.X = limbVariables{power(limbBits), new(big.Int).Sub(curve.Modulus[fr.Element](), big.NewInt(1)),
		0} // the limbs cancel
	_, err = sys.SolveCircuit(e)
	require.ErrorIs(t, err, r1cs.ErrUnsatisfied)
}

// MulAdd panics for more products than it can reduce at once.
func TestTooManyProducts(t *testing.T) {
	full := LimbInt{max: limbMaxima(fqBits), bound: nonNativeTop()}
	require.NotPanics(t, func() { planMulAdd(full, repeat(10, full)) })
	require.Panics(t, func() { planMulAdd(full, repeat(100, full)) })
}

// The limbs of products of challenges exceed the range of limbs and have no bits. Packed and
// Pack refuse them, because a hash of them would not bind the product.
func TestProductsHaveNoEncoding(t *testing.T) {
	c, full := &Circuit{}, Short{bits: 126}.maxima()
	product := LimbInt{max: productMaxima(full, full), bound: ones(252)}
	require.Panics(t, func() { product.Packed(c) })
	require.Panics(t, func() { NonNativePoint{product, product}.Pack(c) })
}

func repeat(n int, v LimbInt) (p []Product) {
	for range n {
		p = append(p, Product{v, v})
	}
	return
}
