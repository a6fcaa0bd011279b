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

// BenchmarkComb compares the comb, its table included, with gnark-crypto.
func BenchmarkComb(b *testing.B) {
	g := generator()
	r := newRand(12)
	w := make([]fr.Element, 1<<16)
	for i := range w {
		w[i] = fullScalar(r, 0)
	}
	out := make([]curve.G1Affine, len(w))
	b.Run("comb", func(b *testing.B) {
		perPoint(b, len(w), func() { NewComb(&g, len(w)).Mul(out, w) })
	})
	b.Run("gnark", func(b *testing.B) {
		perPoint(b, len(w), func() { curve.BatchScalarMultiplicationG1(&g, w) })
	})
}
