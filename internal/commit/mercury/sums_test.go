package mercury

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
)

func TestSumKey(t *testing.T) {
	points := testKey().points
	for n := range testVars + 1 {
		s := newShape(n)
		rows, cols := make([]bn254.G1Jac, s.rows), make([]bn254.G1Jac, s.cols)
		for i := range s.rows * s.cols {
			rows[i/s.cols].AddMixed(&points[i])
			cols[i%s.cols].AddMixed(&points[i])
		}
		want := &keySums{bn254.BatchJacobianToAffineG1(rows), bn254.BatchJacobianToAffineG1(cols)}
		for _, piece := range []int{0, 6, 20} {
			require.Equal(t, want, sumKey(points, s, piece), "n = %d, pieces of 2^%d", n, piece)
		}
	}
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
