package mercury

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Sums of few different points meet doublings, opposites and infinity.
func TestLaneSums(t *testing.T) {
	g := testKey().points[0]
	pool := []bn254.G1Affine{{}, g, *new(bn254.G1Affine).Neg(&g), testKey().points[1], testKey().points[2]}
	rapid.Check(t, func(rt *rapid.T) {
		lanes := rapid.IntRange(1, 2*chains+5).Draw(rt, "lanes")
		count := rapid.IntRange(0, 9).Draw(rt, "count")
		pick := rapid.SliceOfN(rapid.IntRange(0, len(pool)-1), lanes*count, lanes*count).Draw(rt, "points")
		at := func(lane, i int) *bn254.G1Affine { return &pool[pick[lane*count+i]] }
		for lane, got := range laneSums(lanes, count, at) {
			var want bn254.G1Jac
			for i := range count {
				want.AddMixed(at(lane, i))
			}
			require.Equal(rt, *new(bn254.G1Affine).FromJacobian(&want), got)
		}
	})
}

// A key with τ = 1 has one point many times over; the sums are right all the same.
func TestDegenerateKey(t *testing.T) {
	_, _, g, q := bn254.Generators()
	points := make([]bn254.G1Affine, 32)
	for i := range points {
		points[i] = g
	}
	pk := newProverKey(points, testKey().vk.h, q, []bn254.G2Affine{q, q, q, q}, fr.One())
	s := newStatement(pk, seeded(1), 5, 5)
	require.NoError(t, s.verify(pk, s.open(t, pk)))
}
