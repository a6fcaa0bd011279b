package msm

import (
	"syscall"
	"testing"
)

// perPoint measures f by the processor time of all threads.
func perPoint(b *testing.B, n int, f func()) {
	b.Helper()
	f()
	start := cpuTime(b)
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64(cpuTime(b)-start)/float64(n)/float64(b.N), "cpu-ns/point")
}

func cpuTime(b *testing.B) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
