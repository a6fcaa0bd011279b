package float

import (
	"math/rand/v2"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"pgregory.net/rapid"
)

func normal(n int, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// product computes a matrix product by definition, with sums in the documented order.
func product(w, x []float32, rows, cols int) []float32 {
	tokens := len(x) / cols
	y := make([]float32, tokens*rows)
	for t := range tokens {
		for r := range rows {
			var sum float32
			for k := range cols {
				sum += float32(w[r*cols+k] * x[t*cols+k])
			}
			y[t*rows+r] = sum
		}
	}
	return y
}

func TestMulIsTheDefinitionToTheBit(t *testing.T) {
	for _, f := range tiles() {
		rapid.Check(t, func(t *rapid.T) {
			rows := rapid.IntRange(1, 100).Draw(t, "rows")
			cols := rapid.IntRange(1, 80).Draw(t, "cols")
			tokens := rapid.IntRange(0, 140).Draw(t, "tokens")
			w, x := normal(rows*cols, 1), normal(tokens*cols, 2)
			m := NewMatrix(rows, cols)
			m.SetRows(0, w)

			defer func(old tileFunc) { tile = old }(tile)
			tile = f
			y := make([]float32, tokens*rows)
			m.Mul(y, x)
			require.Equal(t, product(w, x, rows, cols), y)

			row := make([]float32, cols)
			m.Row(rows-1, row)
			require.Equal(t, w[(rows-1)*cols:], row)
		})
	}
}

func TestResetClearsWhatWasThere(t *testing.T) {
	m := NewMatrix(40, 3)
	m.SetRows(0, normal(120, 1))
	m.Reset(40, 3)
	y := normal(40, 2)
	m.Mul(y, []float32{1, 1, 1})
	require.Equal(t, make([]float32, 40), y)
}

func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

func BenchmarkMul(b *testing.B) {
	const tokens, rows, cols = 256, 1536, 576
	w, x, y := normal(rows*cols, 1), normal(tokens*cols, 2), make([]float32, tokens*rows)
	m := NewMatrix(rows, cols)
	m.SetRows(0, w)
	run := func(name string, tokens int, f func()) {
		b.Run(name, func(b *testing.B) {
			start := cpuSeconds()
			for b.Loop() {
				f()
			}
			b.ReportMetric(2*rows*cols*float64(tokens)*float64(b.N)/(cpuSeconds()-start)/1e9, "Gflop/cpu-s")
		})
	}
	for i, f := range tiles() {
		run([]string{"wide", "narrow", "portable"}[i+3-len(tiles())], tokens, func() { tile = f; m.Mul(y, x) })
	}
	tile = tiles()[0]
	run("gonum", tokens, func() {
		blas32.Gemm(blas.NoTrans, blas.Trans, 1,
			blas32.General{Rows: tokens, Cols: cols, Stride: cols, Data: x},
			blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: w}, 0,
			blas32.General{Rows: tokens, Cols: rows, Stride: rows, Data: y})
	})
	one := y[:rows]
	run("one token", 1, func() { m.Mul(one, x[:cols]) })
}
