package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestForCoversOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 300).Draw(t, "n")
		grain := rapid.IntRange(-1, 40).Draw(t, "grain")
		seen := make([]atomic.Int32, n)
		For(n, grain, func(lo, hi int) {
			require.Zero(t, lo%max(grain, 1))
			require.LessOrEqual(t, hi-lo, max(grain, 1))
			for i := lo; i < hi; i++ {
				seen[i].Add(1)
			}
		})
		for i := range seen {
			require.EqualValues(t, 1, seen[i].Load(), i)
		}
		require.Zero(t, helpers.Load())
	})
}

func TestForNested(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	var running, most, sum atomic.Int64
	For(20, 1, func(_, _ int) {
		For(30, 3, func(a, b int) {
			now := running.Add(1)
			for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
			}
			sum.Add(int64(b - a))
			runtime.Gosched()
			running.Add(-1)
		})
	})
	require.EqualValues(t, 600, sum.Load())
	require.LessOrEqual(t, most.Load(), int64(4))
}

func TestForWorkerIDsAreExclusive(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	busy := make([]sync.Mutex, Workers())
	ForWorker(200, 1, func(id, _, _ int) {
		require.True(t, busy[id].TryLock())
		runtime.Gosched()
		busy[id].Unlock()
	})
}

func TestForPanics(t *testing.T) {
	for _, at := range []int{0, 7, 99} {
		require.PanicsWithValue(t, "chunk", func() {
			For(100, 1, func(lo, _ int) {
				if lo == at {
					panic("chunk")
				}
			})
		})
		require.Zero(t, helpers.Load())
	}
}
