package mercury

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold/internal/host"
)

// peakHeap runs f and returns the largest heap seen meanwhile, less what was
// there before, in MiB. The collector runs often, so that this is what f holds and
// little garbage.
func peakHeap(f func()) float64 {
	defer debug.SetGCPercent(debug.SetGCPercent(2))
	var m runtime.MemStats
	heap := func() uint64 { runtime.ReadMemStats(&m); return m.HeapAlloc }
	runtime.GC()
	before, peak := heap(), uint64(0)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				peak = max(peak, heap())
			}
		}
	}()
	f()
	close(stop)
	<-stopped
	return max(0, float64(peak)-float64(before)) / (1 << 20)
}

// BenchmarkOpen opens one blinded polynomial of full-size elements and compares
// with one commitment to it, in processor time: the issue asks for at most 2.2.
func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{18, 20} {
		b.Run(fmt.Sprintf("2^%d", n), func(b *testing.B) {
			pk := developmentKey(n)
			s := newStatement(pk, seeded(1), n, n)
			w := fr.Vector(s.witnesses[0].Polynomial.(Dense))
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
			peak := peakHeap(func() { s.open(b, pk) })
			cells := float64(b.N) * float64(int(1)<<n)
			b.ReportMetric(float64(commit.Nanoseconds())/cells, "commit-cpu-ns/cell")
			b.ReportMetric(float64(open.Nanoseconds())/cells, "open-cpu-ns/cell")
			b.ReportMetric(float64(open)/float64(commit), "open/commit")
			b.ReportMetric(float64(verify.Microseconds())/float64(10*b.N)/1000, "verify-cpu-ms")
			b.ReportMetric(peak, "open-peak-MiB")
			b.ReportMetric(ProofSize, "proof-bytes")
		})
	}
}
