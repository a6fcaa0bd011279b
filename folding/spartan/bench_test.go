package spartan

import (
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fold/internal/commit"
)

// cpuTime is the processor time of the whole process so far.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peakHeap runs f and returns the largest heap seen meanwhile, less what was there
// before, in MiB. The collector runs often, so that this is what f holds.
func peakHeap(f func()) float64 {
	defer debug.SetGCPercent(debug.SetGCPercent(5))
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

// large is a statement of the size of a run of a small model: 96k rows of six
// entries, 10k rows on Grumpkin, and running polynomials of 2^18 values.
func large(b *testing.B) *world {
	key, err := commit.SetupDevelopment(1 << 20)
	require.NoError(b, err)
	cycleKey, err := commit.NewGrumpkinKey(1 << 14)
	require.NoError(b, err)
	return newWorldOver(b, 7, key, cycleKey, size{96 << 10, 1, 95000, 3}, size{10000, 5, 9900, 3}, 16, 18, 18)
}

func BenchmarkProve(b *testing.B) {
	w := large(b)
	var cpu time.Duration
	for b.Loop() {
		t := cpuTime()
		w.prove(b, 1)
		cpu += cpuTime() - t
	}
	peak := peakHeap(func() { w.prove(b, 1) })
	b.ReportMetric(cpu.Seconds()/float64(b.N), "cpu-s")
	b.ReportMetric(peak, "peak-MiB")
}

func BenchmarkVerify(b *testing.B) {
	w := large(b)
	encoded := w.prove(b, 1).Encode()
	var cpu time.Duration
	for b.Loop() {
		t := cpuTime()
		p, err := Decode(w.key.Verifier(), w.s.Claims, encoded)
		require.NoError(b, err)
		require.NoError(b, Verify(w.key.Verifier(), &w.s, p))
		cpu += cpuTime() - t
	}
	b.ReportMetric(float64(len(encoded)), "proof-bytes")
	b.ReportMetric(cpu.Seconds()*1e3/float64(b.N), "cpu-ms")
}
