package msm

import (
	"testing"

	curve "github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/host"
)

// BenchmarkComb compares the comb, including the time for its table, with gnark-crypto.
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

// perPoint reports the core time of f per point.
func perPoint(b *testing.B, n int, f func()) {
	b.Helper()
	f()
	start := int64(host.CPUTime())
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64(int64(host.CPUTime())-start)/float64(n)/float64(b.N), "cpu-ns/point")
}
