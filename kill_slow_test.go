//go:build slow

package fold

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/host"
)

// TestKilledTenTimes: a longer run with passes of two sizes, streamed and in batch.
func TestKilledTenTimes(t *testing.T) {
	for _, batch := range []bool{false, true} {
		begun := filepath.Join(t.TempDir(), "begun")
		opts := ProveOptions{Model: committedModel(t), Key: provingKey(t), Store: begun, Prompt: "ROMEO:", N: 6,
			Blocks: 2, Batch: batch}
		begin(t, opts)
		whole := copyStore(t, begun, filepath.Join(t.TempDir(), "whole"))
		_, err := Resume(context.Background(), whole, ResumeOptions{}, nil)
		require.NoError(t, err)
		killAtRandom(t, begun, 10, uint64(time.Now().UnixNano()))
		require.Equal(t, records(t, whole), records(t, begun))
		_, err = Verify(context.Background(), begun, readTrial(t), nil)
		require.NoError(t, err)
	}
}

// largestOf watches a store until stop is called, and stop returns the peak size of the
// store's files in bytes.
func largestOf(store string) (stop func() int64) {
	done, result := make(chan struct{}), make(chan int64)
	go func() {
		var largest int64
		for {
			if st, err := ReadStatus(store); err == nil {
				largest = max(largest, st.Bytes)
			}
			select {
			case <-done:
				result <- largest
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() int64 {
		close(done)
		return <-result
	}
}

// TestStoreFigures: the store of a run of 64 tokens of the demo model never exceeds 64 MiB.
// The test logs the time to resume the run close to its end.
func TestStoreFigures(t *testing.T) {
	store := filepath.Join(t.TempDir(), "s")
	opts := ProveOptions{Model: committedModel(t), Key: provingKey(t), Store: store, Prompt: "ROMEO:", N: 64}
	ctx, cancel := context.WithCancel(context.Background())
	var steps, durable float64
	stop := largestOf(store)
	_, err := Prove(ctx, opts, func(e Event) {
		if e, ok := e.(Step); ok {
			steps, durable = steps+e.Seconds, durable+e.Durable
			if e.Step == e.Of-3 {
				cancel()
			}
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	start, cpu := time.Now(), host.CPUTime()
	_, err = Resume(context.Background(), store, ResumeOptions{}, func(e Event) {
		if _, ok := e.(Started); ok {
			t.Logf("resumed after %.2f s, %.2f s of core time", time.Since(start).Seconds(),
				(host.CPUTime() - cpu).Seconds())
		}
	})
	require.NoError(t, err)
	largest := stop()
	require.LessOrEqual(t, largest, int64(64<<20))
	st, err := ReadStatus(store)
	require.NoError(t, err)
	t.Logf("%d steps: at most %.1f MiB, %.1f at the end; making steps durable takes %.1f %% of proving them",
		st.Of, float64(largest)/(1<<20), float64(st.Bytes)/(1<<20), 100*durable/steps)
}
