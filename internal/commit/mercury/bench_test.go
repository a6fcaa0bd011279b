package mercury

import (
	"fmt"
	"testing"
	"time"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/host"
	"fold.example/fold/internal/poly"
)

// BenchmarkOpen opens one blinded polynomial of full-size elements and compares
// with one commitment to it, in processor time: the issue asks for at most 2.2.
func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{18, 20} {
		b.Run(fmt.Sprintf("2^%d", n), func(b *testing.B) {
			pk := developmentKey(n)
			s := newStatement(pk, seeded(1), n, n)
			w := fr.Vector(s.witnesses[0].Polynomial.(poly.Dense))
			var commit, open, verify time.Duration
			for b.Loop() {
				t := host.CPUTime()
				pk.commit(w)
				commit += host.CPUTime() - t

				var p *Proof
				var err error
				t = host.CPUTime()
				p, err = Open(pk, newTestTranscript(), s.z, s.claims, s.witnesses, nil)
				require.NoError(b, err)
				open += host.CPUTime() - t

				t = host.CPUTime()
				for range 10 {
					p, err = Decode(p.Encode())
					require.NoError(b, err)
					require.NoError(b, s.verify(pk, p))
				}
				verify += host.CPUTime() - t
			}
			peak := host.PeakHeap(2, func() { s.open(b, pk) })
			cells := float64(b.N) * float64(int(1)<<n)
			b.ReportMetric(float64(commit.Nanoseconds())/cells, "commit-cpu-ns/cell")
			b.ReportMetric(float64(open.Nanoseconds())/cells, "open-cpu-ns/cell")
			b.ReportMetric(float64(open)/float64(commit), "open/commit")
			b.ReportMetric(float64(verify.Microseconds())/float64(10*b.N)/1000, "verify-cpu-ms")
			b.ReportMetric(float64(peak)/(1<<20), "open-peak-MiB")
			b.ReportMetric(ProofSize, "proof-bytes")
		})
	}
}
