package host

import (
	"runtime"
	"runtime/debug"
	"time"
)

// PeakHeap runs f and returns the peak size of the heap during the call, in bytes above the
// size before it. It samples the heap every 20 ms. The garbage collector runs after each
// growth of the heap by percent: a smaller percentage keeps more garbage out of the result
// and makes f slower.
func PeakHeap(percent int, f func()) int64 {
	defer debug.SetGCPercent(debug.SetGCPercent(percent))
	var m runtime.MemStats
	heap := func() int64 { runtime.ReadMemStats(&m); return int64(m.HeapAlloc) }
	runtime.GC()
	before, peak := heap(), int64(0)
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
	func() {
		defer func() { // also when f panics
			close(stop)
			<-stopped
		}()
		f()
	}()
	return max(0, peak-before)
}
