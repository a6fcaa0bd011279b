package folding

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"

	"fold/r1cs"
)

// cpu returns the time that all threads of this process have computed.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkFold is one step: solving, the commitment to the witness, and the fold
// with the commitment to T, beside two plain commitments to full-size vectors.
func BenchmarkFold(b *testing.B) {
	for _, n := range []int{1 << 10, 1 << 14, 1 << 16} {
		b.Run(fmt.Sprintf("bn254/%d", n), func(b *testing.B) {
			benchFold[fr.Element, bn254.G1Affine](b, mainWorld(b, n, mainKey))
		})
		b.Run(fmt.Sprintf("grumpkin/%d", n), func(b *testing.B) {
			benchFold[fq.Element, grumpkin.G1Affine](b, cycleWorld(b, n, cycleKey))
		})
	}
}

func benchFold[E r1cs.Element, C comparable](b *testing.B, w *world[E, C]) {
	u, wit := w.chain(b, 1)
	rows := w.system.Shape.Rows()
	var solve, commits, fold, plain time.Duration
	for b.Loop() {
		in := inputs[E](w.rng, w.n)
		t0 := cpu(b)
		sol, err := w.system.Solve(in)
		require.NoError(b, err)
		t1 := cpu(b)
		fresh, second, err := w.scheme.Commit(sol, w.random())
		require.NoError(b, err)
		t2 := cpu(b)
		f, err := w.scheme.Prove(w.pp, u, wit, fresh, second, w.random())
		require.NoError(b, err)
		t3 := cpu(b)
		for _, v := range [][]E{f.Witness.W, f.Witness.E} {
			_, err = w.scheme.group.commit(v, w.random())
			require.NoError(b, err)
		}
		t4 := cpu(b)
		solve, commits, fold, plain = solve+t1-t0, commits+t2-t1, fold+t3-t2, plain+t4-t3
	}
	per := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / float64(b.N*rows) }
	b.ReportMetric(per(solve+commits+fold), "step-cpu-ns/constraint")
	b.ReportMetric(per(solve), "solve-cpu-ns/constraint")
	b.ReportMetric(per(fold), "fold-cpu-ns/constraint")
	b.ReportMetric(per(plain), "2commits-cpu-ns/constraint")
}
