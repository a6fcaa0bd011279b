package ipa

import (
	"strconv"
	"testing"
	"time"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/host"
)

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
				t := host.CPUTime()
				commitTo(key, s.witnesses[0].Polynomial, s.witnesses[0].Blind)
				commit += host.CPUTime() - t

				t = host.CPUTime()
				_, err := new(grumpkin.G1Affine).MultiExp(key.points, s.witnesses[0].Polynomial, ecc.MultiExpConfig{})
				require.NoError(b, err)
				library += host.CPUTime() - t

				t = host.CPUTime()
				p := s.open(b, key)
				open += host.CPUTime() - t

				t = host.CPUTime()
				decoded, err := Decode(p.Encode(), n)
				require.NoError(b, err)
				require.NoError(b, s.verify(key, decoded))
				verify += host.CPUTime() - t
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
