//go:build unix

package msm

import (
	"syscall"
	"testing"

	curve "github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

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

// perPoint measures f by the processor time of all threads.
func perPoint(b *testing.B, n int, f func()) {
	b.Helper()
	f()
	start := cpuTime(b)
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64(cpuTime(b)-start)/float64(n)/float64(b.N), "cpu-ns/point")
}

func cpuTime(b *testing.B) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
