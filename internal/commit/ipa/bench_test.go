package ipa

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/stretchr/testify/require"
)

// cpuTime is the processor time of the whole process so far.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkOpen opens a blinded polynomial and verifies, in processor time next
// to one commitment. Nova's argument takes 4.5 s and 99 ms at 2^14 (275 us and 6 us
// an element).
func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{12, 14} {
		b.Run(fmt.Sprintf("2^%d", n), func(b *testing.B) {
			key := keyOf(1<<n, 1)
			s := newStatement(key, seeded(1), n, n)
			var commit, open, verify time.Duration
			for b.Loop() {
				t := cpuTime()
				commitTo(key, s.witnesses[0].Values, s.witnesses[0].Blind)
				commit += cpuTime() - t

				t = cpuTime()
				p := s.open(b, key)
				open += cpuTime() - t

				t = cpuTime()
				decoded, err := Decode(p.Encode(), n)
				require.NoError(b, err)
				require.NoError(b, s.verify(key, decoded))
				verify += cpuTime() - t
			}
			ms := func(d time.Duration) float64 { return d.Seconds() * 1e3 / float64(b.N) }
			b.ReportMetric(ms(commit), "commit-cpu-ms")
			b.ReportMetric(ms(open), "open-cpu-ms")
			b.ReportMetric(ms(verify), "verify-cpu-ms")
			b.ReportMetric(float64(Size(n)), "proof-bytes")
		})
	}
}

// BenchmarkMSM compares the multiplication with the library's.
func BenchmarkMSM(b *testing.B) {
	for _, n := range []int{10, 12, 14} {
		b.Run(fmt.Sprintf("2^%d", n), func(b *testing.B) {
			key := keyOf(1<<n, 1)
			w := randomVector(seeded(1), 1<<n)
			var own, library time.Duration
			for b.Loop() {
				t := cpuTime()
				sum := msm(key.points, w)
				own += cpuTime() - t
				t = cpuTime()
				_, err := sum.MultiExp(key.points, w, ecc.MultiExpConfig{})
				require.NoError(b, err)
				library += cpuTime() - t
			}
			scalars := float64(b.N) * float64(len(w))
			b.ReportMetric(float64(own.Nanoseconds())/scalars, "cpu-ns/scalar")
			b.ReportMetric(float64(library.Nanoseconds())/scalars, "gnark-cpu-ns/scalar")
		})
	}
}
