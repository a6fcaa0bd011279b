package kernel

import (
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// helpers is the number of goroutines of all parallel loops of the process, not counting
// the goroutines that call the loops. Nested and concurrent loops share a budget of
// GOMAXPROCS-1, so the machine is never oversubscribed. An inner loop of a busy outer loop
// runs in its caller's goroutine.
var helpers atomic.Int64

// Workers returns the maximum number of workers of a loop. The worker ids of ForWorker are
// in [0, Workers()).
func Workers() int { return runtime.GOMAXPROCS(0) }

// For calls f on the ranges [0,grain), [grain,2 grain), ... that cover [0,n), in parallel
// and in no particular order, and returns when all calls are done. The ranges depend only
// on n and grain, never on the number of cores; only their assignment to goroutines varies.
// A grain below 1 counts as 1.
//
// Loops may be nested. A panic in f stops the loop and is raised again in the caller after
// all running calls of f have ended.
func For(n, grain int, f func(lo, hi int)) {
	ForWorker(n, grain, func(_, lo, hi int) { f(lo, hi) })
}

// ForWorker is For with a worker id in [0, Workers()) as f's first argument. Two calls of f
// with the same id never overlap within a loop, so scratch memory may be kept by id.
func ForWorker(n, grain int, f func(worker, lo, hi int)) {
	if n <= 0 {
		return
	}
	l := loop{n: n, grain: max(grain, 1), f: f}
	chunks := (n-1)/l.grain + 1
	extra := hire(chunks - 1)
	for id := 1; id <= extra; id++ {
		l.wg.Add(1)
		go l.help(id)
	}
	l.work(0)
	l.wg.Wait()
	if l.failed.Load() {
		panic(l.cause)
	}
}

// hire reserves up to n helpers and returns the number reserved.
func hire(n int) int {
	limit := int64(runtime.GOMAXPROCS(0) - 1)
	for {
		used := helpers.Load()
		got := min(int64(n), limit-used)
		if got <= 0 {
			return 0
		}
		if helpers.CompareAndSwap(used, used+got) {
			return int(got)
		}
	}
}

// loop is one running parallel loop.
type loop struct {
	n, grain int
	f        func(worker, lo, hi int)
	next     atomic.Int64 // the next chunk
	wg       sync.WaitGroup
	failed   atomic.Bool
	once     sync.Once
	cause    any // the value of f's panic, set before failed
}

// help runs the loop in a helper goroutine. A memory fault in f, for example from a
// truncated mapped file, becomes a panic that the loop's caller can recover from.
func (l *loop) help(id int) {
	defer l.wg.Done()
	defer helpers.Add(-1)
	debug.SetPanicOnFault(true)
	l.work(id)
}

// work runs f on chunks until all chunks are taken or some worker's f has panicked.
func (l *loop) work(id int) {
	ended := false
	defer func() {
		if ended {
			return
		}
		cause := recover()
		if cause == nil {
			cause = "kernel: the body of a parallel loop ended its goroutine"
		}
		l.once.Do(func() { l.cause = cause; l.failed.Store(true) })
	}()
	for !l.failed.Load() {
		lo := (int(l.next.Add(1)) - 1) * l.grain
		if lo >= l.n || lo < 0 {
			break
		}
		l.f(id, lo, min(lo+l.grain, l.n))
	}
	ended = true
}
