package transcript

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
)

// shortChallenges are the extremes and random integers below 2^126.
func shortChallenges(rng *rand.Rand, n int) (list []*big.Int) {
	top := new(big.Int).Lsh(big.NewInt(1), ChallengeBits)
	for n := range int64(4) {
		list = append(list, big.NewInt(n))
	}
	list = append(list, new(big.Int).Sub(top, big.NewInt(1)))
	alternating := new(big.Int)
	for i := 0; i < ChallengeBits; i += 2 {
		alternating.SetBit(alternating, i, 1)
	}
	list = append(list, alternating, new(big.Int).Lsh(alternating, 1))
	for range n {
		x := new(big.Int).SetUint64(rng.Uint64())
		x.Lsh(x, 64).Or(x, new(big.Int).SetUint64(rng.Uint64()))
		list = append(list, x.Mod(x, top))
	}
	return list
}

// pairOf returns a and b with endoscalar a + lambda b, from the definition.
func pairOf(challenge *big.Int) (a, b *big.Int) {
	pair := [2]*big.Int{new(big.Int), new(big.Int)}
	for i := range EndoDigits {
		digit := new(big.Int).Lsh(big.NewInt(1), uint(i))
		if challenge.Bit(2*i) == 1 {
			digit.Neg(digit)
		}
		p := pair[challenge.Bit(2*i+1)]
		p.Add(p, digit)
	}
	return pair[0], pair[1]
}

// challengeOf is the inverse of pairOf: the proof in the documentation of Endoscalar as a program.
func challengeOf(t *testing.T, a, b *big.Int) *big.Int {
	challenge := new(big.Int)
	for i := range EndoDigits {
		odd := b.Bit(0)
		require.NotEqual(t, a.Bit(0), odd, "one of both is odd")
		p, other := a, b
		if odd == 1 {
			p, other = b, a
		}
		challenge.SetBit(challenge, 2*i+1, odd)
		half := func(sign int64) *big.Int {
			h := new(big.Int).Sub(p, big.NewInt(sign))
			return h.Rsh(h, 1)
		}
		rest := new(big.Int).Rsh(other, 1)
		plus, minus := half(1), half(-1)
		require.NotEqual(t, plus.Bit(0), minus.Bit(0))
		next, last := plus, i == EndoDigits-1
		if !last && plus.Bit(0) == rest.Bit(0) || last && plus.Sign() != 0 {
			next = minus
			challenge.SetBit(challenge, 2*i, 1)
		}
		if a, b = next, rest; odd == 1 {
			a, b = rest, next
		}
	}
	require.Zero(t, a.Sign())
	require.Zero(t, b.Sign())
	return challenge
}

// TestRuleR16Map: the scalar of a challenge is a + lambda b, is not zero, and determines the
// challenge.
func TestRuleR16Map(t *testing.T) {
	var cube, sum fr.Element
	cube.Square(&lambda).Mul(&cube, &lambda)
	require.True(t, cube.IsOne())
	require.False(t, lambda.IsOne())
	seen := map[fr.Element]bool{}
	for _, n := range shortChallenges(rand.New(rand.NewPCG(1, 2)), 200) {
		a, b := pairOf(n)
		var challenge, x, y fr.Element
		challenge.SetBigInt(n)
		x.SetBigInt(a)
		y.SetBigInt(b)
		sum.Add(&x, y.Mul(&y, &lambda))
		require.Equal(t, sum, NativeEndoscalar(challenge))
		require.False(t, sum.IsZero())
		require.False(t, seen[sum])
		seen[sum] = true
		require.Equal(t, 0, n.Cmp(challengeOf(t, a, b)))
	}
}

// TestRuleR16Norm: a pair of integers below 2^64 with a + lambda b = 0 is (0, 0), as r divides
// a^2 - ab + b^2, which is at most 3 2^128.
func TestRuleR16Norm(t *testing.T) {
	most := new(big.Int).Lsh(big.NewInt(3), 128)
	require.Negative(t, most.Cmp(fr.Modulus()))
	var one, sum fr.Element
	one.SetOne()
	sum.Square(&lambda).Add(&sum, &lambda).Add(&sum, &one)
	require.True(t, sum.IsZero(), "1 + lambda + lambda^2")
}
