package ipa

import (
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
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
// to one commitment. Nova's argument takes 4.5 s and 99 ms at 2^14 (275 us an element of
// the prover).
func BenchmarkOpen(b *testing.B) {
	for _, points := range []int{1 << 12, 12000, 1 << 14} {
		b.Run(strconv.Itoa(points), func(b *testing.B) {
			key := keyOf(points, 1)
			n := key.MaxVars()
			s := newStatement(key, seeded(1), n, n)
			var commit, library, open, verify time.Duration
			for b.Loop() {
				t := cpuTime()
				commitTo(key, s.witnesses[0].Values, s.witnesses[0].Blind)
				commit += cpuTime() - t

				t = cpuTime()
				_, err := new(grumpkin.G1Affine).MultiExp(key.points, s.witnesses[0].Values, ecc.MultiExpConfig{})
				require.NoError(b, err)
				library += cpuTime() - t

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
			b.ReportMetric(ms(library), "gnark-commit-cpu-ms")
			b.ReportMetric(ms(open), "open-cpu-ms")
			b.ReportMetric(ms(verify), "verify-cpu-ms")
			b.ReportMetric(float64(Size(n)), "proof-bytes")
		})
	}
}
