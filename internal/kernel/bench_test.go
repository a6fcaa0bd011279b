package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/host"
)

// A matrix of benchRows by benchCols is larger than the caches in every format.
const benchRows, benchCols = 8192, 8192

// benchMatrix returns a random matrix and its size in bytes.
func benchMatrix(format string) (Matrix, int) {
	r := rand.New(rand.NewPCG(7, 8))
	m := newMatrix(r, format, benchRows, benchCols, random)
	switch m := m.(type) {
	case *W16:
		return m, 2 * len(m.Data)
	case *W8:
		return m, len(m.Data) + 2*len(m.Mul)
	default:
		return m, len(m.(*Ternary).Data)
	}
}

// report runs f b.N times and reports the cost per unit; units is the number of weights.
func report(b *testing.B, bytes, units int, f func()) {
	b.SetBytes(int64(bytes))
	f()
	b.ResetTimer()
	start := int64(host.CPUTime())
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64(int64(host.CPUTime())-start)/float64(b.N)/float64(units), "cpu-ns/weight")
}

// BenchmarkStream only reads the bytes of a matrix, a lower bound for every pass over the
// weights.
func BenchmarkStream(b *testing.B) {
	for _, format := range formats {
		b.Run(format, func(b *testing.B) {
			_, bytes := benchMatrix(format)
			words := make([]uint64, bytes/8)
			for i := range words {
				words[i] = uint64(i)
			}
			report(b, bytes, benchRows*benchCols, func() { stream(words) })
		})
	}
}

// stream reads one word of each cache line, in parallel.
func stream(words []uint64) (sum uint64) {
	sums := make([]uint64, 8*Workers())
	ForWorker(len(words)/8, 1<<14, func(id, lo, hi int) {
		var s uint64
		for i := lo; i < hi; i++ {
			s += words[8*i]
		}
		sums[8*id] += s
	})
	for _, s := range sums {
		sum += s
	}
	return sum
}

func BenchmarkVecMat(b *testing.B) {
	for _, format := range formats {
		b.Run(format, func(b *testing.B) {
			m, bytes := benchMatrix(format)
			e := newElements(rand.New(rand.NewPCG(1, 1)), benchRows, random)
			dst := make([]fr.Element, benchCols)
			report(b, bytes, benchRows*benchCols, func() { VecMat(dst, e, m) })
		})
	}
}

// BenchmarkVNNI measures the kernels of machines without AMX.
func BenchmarkVNNI(b *testing.B) {
	there := tiled
	defer func() { tiled = there }()
	tiled = false
	b.Run("VecMat", BenchmarkVecMat)
	b.Run("MatVec", BenchmarkMatVec)
}

func BenchmarkMatVec(b *testing.B) {
	for _, format := range formats {
		b.Run(format, func(b *testing.B) {
			m, bytes := benchMatrix(format)
			f := newElements(rand.New(rand.NewPCG(1, 1)), benchCols, random)
			dst := make([]fr.Element, benchRows)
			report(b, bytes, benchRows*benchCols, func() { MatVec(dst, f, m) })
		})
	}
}

func BenchmarkMatMul(b *testing.B) {
	for _, format := range formats {
		for _, tokens := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/%d", format, tokens), func(b *testing.B) {
				m, bytes := benchMatrix(format)
				x := newInputs(rand.New(rand.NewPCG(1, 1)), benchCols*tokens, random)
				dst := make([]int64, benchRows*tokens)
				report(b, bytes, benchRows*benchCols, func() { Mul(dst, m, x, tokens) })
				macs := float64(b.N) * benchRows * benchCols * float64(tokens)
				b.ReportMetric(macs/float64(b.Elapsed().Nanoseconds()), "GMAC/s")
			})
		}
	}
}
