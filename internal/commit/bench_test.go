package commit

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit/msm"
	"fold.example/fold/internal/host"
)

var benchKey = sync.OnceValue(func() *Key { return mustKey(1<<20 + 1<<16) })

// column is the same data for us and for gnark-crypto.
type column struct {
	commit   func(a *Accumulator) error
	elements func() fr.Vector
}

func intColumn[T msm.Integer](w []T) column {
	return column{
		commit:   func(a *Accumulator) error { return AddInts(a, 0, w) },
		elements: func() fr.Vector { return toElements(w) },
	}
}

func columnsOf(n int) map[string]column {
	r := rand.New(rand.NewPCG(1, 2))
	u8, u16, s16, ternary := make([]uint8, n), make([]uint16, n), make([]int16, n), make([]int8, n)
	bit, words := make([]uint8, n), make([]uint64, n/64)
	for i := range n {
		u8[i], u16[i], s16[i], ternary[i] = uint8(r.Uint32()), uint16(r.Uint32()), int16(r.Uint32()), int8(r.IntN(3)-1)
		bit[i] = uint8(r.IntN(2))
		words[i/64] |= uint64(bit[i]) << (i % 64)
	}
	full := randomElements(r, n)
	return map[string]column{
		"u8": intColumn(u8), "u16": intColumn(u16), "s16": intColumn(s16), "ternary": intColumn(ternary),
		"bits": {
			commit:   func(a *Accumulator) error { return a.AddBits(0, words, n) },
			elements: func() fr.Vector { return toElements(bit) },
		},
		"full": {
			commit:   func(a *Accumulator) error { return a.AddElements(0, full) },
			elements: func() fr.Vector { return full },
		},
		"shared": {commit: sharedCommit(n, u16), elements: func() fr.Vector { return toElements(u16) }},
	}
}

// sharedCommit is three commitments of one accumulation: cells, a looked-up output
// and inverses, with the 65,536 rows of the table as further points.
func sharedCommit(n int, cells []uint16) func(a *Accumulator) error {
	b := NewBuckets(benchKey())
	inverses := randomElements(rand.New(rand.NewPCG(3, 4)), 1<<16)
	return func(a *Accumulator) error {
		b.Reset()
		if err := b.Add(0, Grid{Rows: 1, Live: n, Pitch: n, Stride: n}, cells); err != nil {
			return err
		}
		for v := range 1 << 16 {
			if err := b.AddPoint(uint16(v), n+v); err != nil {
				return err
			}
		}
		b.Sum()
		sets := []*Buckets{b}
		a.AddBucketInts(sets, func(_ int, v uint16) int32 { return int32(int16(v)) })
		a.AddBucketInts(sets, func(_ int, v uint16) int32 { return int32(bits.Reverse16(v)) })
		a.AddBucketElements(sets, func(_ int, v uint16) fr.Element { return inverses[v] })
		return nil
	}
}

var kinds = []string{"u8", "u16", "s16", "ternary", "bits", "shared", "full"}

func benchSizes(b *testing.B, run func(b *testing.B, n int, kind string, c column)) {
	for _, kind := range kinds {
		for _, log := range []int{18, 20} {
			b.Run(fmt.Sprintf("%s/2^%d", kind, log), func(b *testing.B) {
				benchKey()
				run(b, 1<<log, kind, columnsOf(1 << log)[kind])
			})
		}
	}
}

// BenchmarkCommit is the cost of a commitment a cell, and for shared that of all
// three commitments.
func BenchmarkCommit(b *testing.B) {
	benchSizes(b, func(b *testing.B, n int, _ string, c column) {
		a := benchKey().NewAccumulator()
		perCell(b, n, func() {
			if err := c.commit(a); err != nil {
				b.Fatal(err)
			}
		})
	})
}

// BenchmarkGnarkMultiExp is gnark-crypto's way for the same data; for shared it is
// the bare commitment to the cells.
func BenchmarkGnarkMultiExp(b *testing.B) {
	benchSizes(b, func(b *testing.B, n int, _ string, c column) {
		w := c.elements()
		perCell(b, n, func() {
			var r bn254.G1Jac
			if _, err := r.MultiExp(benchKey().Points()[:n], w, ecc.MultiExpConfig{}); err != nil {
				b.Fatal(err)
			}
		})
	})
}

// perCell measures f, once warm, by the processor time of all threads.
func perCell(b *testing.B, n int, f func()) {
	f()
	start := int64(host.CPUTime())
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64(int64(host.CPUTime())-start)/float64(n)/float64(b.N), "cpu-ns/cell")
}

// BenchmarkOpen is what opening 2^20 points takes: checked, and when they are recorded.
func BenchmarkOpen(b *testing.B) {
	const n = 1 << 20
	path := fileOf(b, n)
	open := func() {
		if _, err := Open(b.Context(), path, 0, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("recorded", func(b *testing.B) { perCell(b, n, open) })
	b.Run("checked", func(b *testing.B) {
		b.Setenv("XDG_CACHE_HOME", "none: a relative path")
		perCell(b, n, open)
	})
}
