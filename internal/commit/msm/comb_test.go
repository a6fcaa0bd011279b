package msm

import (
	"testing"

	curve "github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
)

func TestComb(t *testing.T) {
	g := generator()
	r := newRand(11)
	for _, n := range []int{1, 2, 50, 5000} {
		w := make([]fr.Element, n)
		for i := range w {
			w[i] = fullScalar(r, i%4)
		}
		got := make([]curve.G1Affine, n)
		NewComb(&g, n).Mul(got, w)
		require.Equal(t, curve.BatchScalarMultiplicationG1(&g, w), got)
	}
}
