package gadget

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/consensys/gnark/frontend"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/r1cs"
)

// TestRuleR16Roots: beta and the lambda of package transcript belong together. The challenge whose
// digits all have a lower bit of 0 and an upper bit of 1 has the scalar lambda (2^63 - 1).
func TestRuleR16Roots(t *testing.T) {
	upper := new(big.Int)
	for i := range transcript.EndoDigits {
		upper.SetBit(upper, 2*i+1, 1)
	}
	var challenge fr.Element
	challenge.SetBigInt(upper)
	k := transcript.NativeEndoscalar(challenge)
	_, _, g, _ := bn254.Generators()
	var got, want bn254.G1Affine
	got.ScalarMultiplication(&g, k.BigInt(new(big.Int)))
	want.ScalarMultiplication(&g, new(big.Int).Sub(power(transcript.EndoDigits), big.NewInt(1)))
	var root fp.Element
	root.SetBigInt(beta)
	want.X.Mul(&want.X, &root)
	require.Equal(t, want, got)
}

// TestRuleR16Ladder: the ladder multiplies by the endoscalar of the string, as gnark-crypto does, also
// infinity and strings of one kind of digit. No other result satisfies it.
func TestRuleR16Ladder(t *testing.T) {
	sys, o := pointSystem[fq.Element](t, "endoscalar"), bn254Oracle{}
	rows := sys.Shape().Rows() - 2*pointRows - 3 - 127 // two points, the assertions, the bits
	t.Logf("multiplication by an endoscalar: %d rows, %d entries", rows, sys.Shape().Entries())
	require.Equal(t, endoscalarRows, rows)
	rng := rand.New(rand.NewPCG(3, 4))
	random := func() *big.Int {
		n := new(big.Int).SetUint64(rng.Uint64())
		return n.Lsh(n, 62).Or(n, new(big.Int).SetUint64(rng.Uint64()>>2))
	}
	solve := func(base, k, product *big.Int) error {
		_, err := sys.SolveCircuit((&pointCircuit{P: o.point(base).variables(), K: k,
			R: o.point(new(big.Int).Mod(product, o.order())).variables()}).filled())
		return err
	}
	one, top := big.NewInt(1), new(big.Int).Sub(power(transcript.ChallengeBits), big.NewInt(1))
	minus := new(big.Int).Sub(o.order(), one)
	for _, k := range []*big.Int{new(big.Int), one, big.NewInt(2), big.NewInt(3), top, random(), random()} {
		scalar := endoscalarOf(k)
		for _, base := range []*big.Int{new(big.Int), one, minus, random()} {
			product := new(big.Int).Mul(base, scalar)
			require.NoError(t, solve(base, k, product), "%s times %s", k, base)
			require.ErrorIs(t, solve(base, k, product.Add(product, one)), r1cs.ErrUnsatisfied)
		}
	}
	require.ErrorIs(t, solve(one, power(transcript.ChallengeBits), endoscalarOf(new(big.Int))), r1cs.ErrUnsatisfied,
		"127 bits")
	require.ErrorIs(t, solve(one, big.NewInt(3), big.NewInt(3)), r1cs.ErrUnsatisfied, "the string as an integer")
}

const endoscalarRows = 529

func endoscalarOf(k *big.Int) *big.Int {
	var challenge fr.Element
	challenge.SetBigInt(k)
	scalar := transcript.NativeEndoscalar(challenge)
	return scalar.BigInt(new(big.Int))
}

// TestRuleR16Offset: with a point that is a known multiple of the offset, the ladder meets a special case
// at any digit that somebody chooses. Nothing wrong is accepted, not even the right result: where a
// chord would be a tangent or vertical, nothing satisfies the circuit.
func TestRuleR16Offset(t *testing.T) {
	sys, order := pointSystem[fq.Element](t, "endoscalar"), fr.Modulus()
	offset, err := bn254.HashToG1([]byte("offset"), []byte(offsetDomain))
	require.NoError(t, err)
	times := func(k *big.Int) [2]frontend.Variable {
		p := *new(bn254.G1Affine).ScalarMultiplication(&offset, k)
		return [2]frontend.Variable{p.X.BigInt(new(big.Int)), p.Y.BigInt(new(big.Int))}
	}
	k, _ := new(big.Int).SetString("2b3c5d7e9f1a2b3c5d7e9f1a2b3c5d7f", 16)
	scalar := endoscalarOf(k)
	solve := func(ratio *big.Int) error {
		_, err := sys.SolveCircuit((&pointCircuit{P: times(ratio), K: k,
			R: times(new(big.Int).Mul(ratio, scalar))}).filled())
		return err
	}
	refused := func(c, m *big.Int) { // c offset + m p = 0
		m = new(big.Int).Mod(m, order)
		ratio := m.ModInverse(m, order).Mul(m, c).Neg(m)
		require.ErrorIs(t, solve(ratio.Mod(ratio, order)), r1cs.ErrUnsatisfied, "%s offset + %s p", c, m)
	}
	require.NoError(t, solve(big.NewInt(777)))
	// The ladder stands at c offset + m p, and adds +-p or +-lambda p in between two additions.
	c, m, two := big.NewInt(1), new(big.Int), big.NewInt(2)
	var root fr.Element
	root.SetBigInt(endoscalarOf(big.NewInt(2))) // lambda + 2^63 - 2
	lambda := root.BigInt(new(big.Int))
	lambda.Sub(lambda, new(big.Int).Sub(power(transcript.EndoDigits), two))
	for i := transcript.EndoDigits - 1; i >= 0; i-- {
		digit := big.NewInt(1)
		if k.Bit(2*i+1) == 1 {
			digit.Set(lambda)
		}
		if k.Bit(2*i) == 1 {
			digit.Neg(digit)
		}
		twice := new(big.Int).Mul(m, two)
		if i%20 == 2 {
			refused(c, new(big.Int).Sub(m, digit))
			refused(c, new(big.Int).Add(m, digit))
			refused(new(big.Int).Mul(c, two), new(big.Int).Add(twice, digit)) // the sum is opposite
		}
		c, m = new(big.Int).Mul(c, two), twice.Add(twice, digit)
	}
	require.Zero(t, new(big.Int).Mod(new(big.Int).Sub(m, scalar), order).Sign())
	// The scalar times p is what is taken away, so that the last addition is a doubling.
	ratio := new(big.Int).ModInverse(new(big.Int).Mod(scalar, order), order)
	ratio.Mul(ratio, new(big.Int).Mul(c, two)).Neg(ratio)
	require.NoError(t, solve(ratio.Mod(ratio, order)))
}

// TestEndoscalarLimits: the ladder is of BN254's G1 and of short challenges.
func TestEndoscalarLimits(t *testing.T) {
	for _, c := range []*constants{bn254Constants(), grumpkinConstants()} {
		require.Panics(t, func() {
			(&Curve{constants: c}).MultiplyEndoscalar(Point{}, make([]frontend.Variable, transcript.ChallengeBits-1))
		})
	}
	require.Panics(t, func() {
		(&Curve{constants: grumpkinConstants()}).MultiplyEndoscalar(Point{},
			make([]frontend.Variable, transcript.ChallengeBits))
	})
}
