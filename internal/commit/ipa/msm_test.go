package ipa

import (
	"math/big"
	"testing"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Few different points and scalars, so that buckets hold a point more than once,
// a point and its opposite, and infinity.
func TestMSM(t *testing.T) {
	key := testKey()
	var minus, half fq.Element
	minus.SetInt64(-1)
	half.SetUint64(2).Inverse(&half)
	extremes := fq.Vector{{}, fq.One(), minus, half, *new(fq.Element).Sub(&half, new(fq.Element).SetOne()), power2(252), power2(253), power2(12), fq.NewElement(1023), fq.NewElement(1025)}
	extremes = append(extremes, randomVector(seeded(4), 3)...)
	pool := append([]grumpkin.G1Affine{{}, *new(grumpkin.G1Affine).Neg(&key.points[0])}, key.points[:4]...)
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, 300).Draw(rt, "n")
		kinds := rapid.IntRange(1, len(extremes)).Draw(rt, "kinds")
		offset := rapid.IntRange(0, len(extremes)-1).Draw(rt, "offset")
		points, scalars := make([]grumpkin.G1Affine, n), make(fq.Vector, n)
		seed := seeded(rapid.Byte().Draw(rt, "seed"))
		for i := range points {
			r := seed.Uint64()
			points[i] = pool[r%uint64(len(pool))]
			scalars[i] = extremes[(offset+int(r>>32)%kinds)%len(extremes)]
		}
		require.Equal(rt, naive(points, scalars), msm(points, scalars))
	})
}

func TestMSMLarge(t *testing.T) {
	key := keyOf(1<<12, 3)
	for _, n := range []int{1, 2, 255, 1 << 10, 3000, 1 << 12} {
		scalars := randomVector(seeded(byte(n)), n)
		var want grumpkin.G1Affine
		_, err := want.MultiExp(key.points[:n], scalars, ecc.MultiExpConfig{})
		require.NoError(t, err)
		require.Equal(t, want, msm(key.points[:n], scalars), n)
	}
}

func naive(points []grumpkin.G1Affine, scalars fq.Vector) (r grumpkin.G1Affine) {
	var sum, t grumpkin.G1Jac
	for i := range points {
		t.FromAffine(&points[i])
		t.ScalarMultiplication(&t, scalars[i].BigInt(new(big.Int)))
		sum.AddAssign(&t)
	}
	return *r.FromJacobian(&sum)
}
