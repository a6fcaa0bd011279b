package checkpoint

import (
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSnapshotSizes(t *testing.T) {
	s, dir := newStore(t)
	_, err := s.Snapshot()
	require.ErrorIs(t, err, ErrRange)
	for i, size := range []int{0, 1, chunkSize - 1, chunkSize, chunkSize + 1, 3*chunkSize + 7} {
		fill(t, s, uint64(i+1), 64)
		data := make([]byte, size)
		rand.NewChaCha8([32]byte{byte(i)}).Read(data)
		writeSnapshot(t, s, data)
		require.Equal(t, data, readSnapshot(t, s))
		require.NoError(t, s.Close())
		s = reopen(t, dir)
		require.Equal(t, data, readSnapshot(t, s))
		require.EqualValues(t, i+1, s.Status().Snapshot.At)
	}
	require.NoError(t, s.Close())
}

func TestSnapshotIsAsLongAsAnnounced(t *testing.T) {
	s, _ := newStore(t)
	w, err := s.NewSnapshot(10)
	require.NoError(t, err)
	_, err = s.NewSnapshot(10)
	require.Error(t, err, "one at a time")
	_, err = w.Write(make([]byte, 11))
	require.ErrorIs(t, err, ErrRange)
	_, err = w.Write(make([]byte, 9))
	require.NoError(t, err)
	require.ErrorIs(t, w.Commit(), ErrRange)
	require.ErrorIs(t, w.Commit(), ErrClosed)
	require.NoError(t, w.Abort())
	_, err = w.Write(nil)
	require.ErrorIs(t, err, ErrClosed)
	_, err = s.NewSnapshot(-1)
	require.ErrorIs(t, err, ErrRange)
	require.NoError(t, s.Close())
}

func TestRollBackDropsALaterSnapshot(t *testing.T) {
	s, dir := newStore(t)
	fill(t, s, 4, 64)
	writeSnapshot(t, s, []byte("after four"))
	fill(t, s, 6, 64)
	require.NoError(t, s.RollBack(4))
	require.Equal(t, "after four", string(readSnapshot(t, s)))
	w, err := s.NewSnapshot(1)
	require.NoError(t, err)
	_, err = w.Write([]byte{1})
	require.NoError(t, err)
	require.NoError(t, s.RollBack(3))
	require.ErrorIs(t, w.Commit(), ErrRange, "its steps are gone")
	require.NoError(t, s.Close())
	s = reopen(t, dir)
	_, err = s.Snapshot()
	require.ErrorIs(t, err, ErrRange)
	require.NoError(t, s.Close())
}

func TestCloseWaitsForReaders(t *testing.T) {
	s, _ := newStore(t)
	writeSnapshot(t, s, []byte("read"))
	r, err := s.Snapshot()
	require.NoError(t, err)
	require.ErrorContains(t, s.Close(), "still being read")
	require.NoError(t, r.Close())
	require.NoError(t, r.Close())
	_, err = r.Read(make([]byte, 1))
	require.ErrorIs(t, err, ErrClosed)
	require.NoError(t, s.Close())
}

// Open deletes the remains of a killed SnapshotWriter, whatever stage it had reached.
func TestHalfWrittenSnapshotsAreCleared(t *testing.T) {
	s, dir := newStore(t)
	fill(t, s, 1, 64)
	writeSnapshot(t, s, []byte("current"))
	// The engine has ingested the tables, and the head does not name the snapshot yet.
	b := s.engine.db.NewBatch()
	for _, id := range []uint64{1, 2, 99} {
		require.NoError(t, b.Set(key(snapshotKey, id, 0), []byte("remains"), nil))
	}
	require.NoError(t, b.Commit(pebble.Sync))
	require.NoError(t, s.Close())
	half := filepath.Join(dir, snapshotTemp)
	require.NoError(t, os.Mkdir(half, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(half, "000000.sst"), []byte("half"), 0o600))

	s = reopen(t, dir)
	require.NoDirExists(t, half)
	require.Equal(t, "current", string(readSnapshot(t, s)))
	it, err := s.engine.db.NewIter(&pebble.IterOptions{LowerBound: key(snapshotKey, 0, 0)})
	require.NoError(t, err)
	require.True(t, it.First())
	require.Equal(t, key(snapshotKey, s.head.snapshot.ID, 0), it.Key())
	require.False(t, it.Next())
	require.NoError(t, it.Close())
	require.NoError(t, s.Close())
}

// Writing a snapshot of 192 MiB takes a few MiB of heap, and its space is released when the
// next one replaces it.
func TestSnapshotIsStreamed(t *testing.T) {
	const size = 192 << 20
	s, _ := newStore(t)
	fill(t, s, 1, 64)
	runtime.GC() // what other tests have left
	var peak uint64
	block := make([]byte, 3<<20+5)
	for round := range 2 {
		rand.NewChaCha8([32]byte{byte(round)}).Read(block)
		w, err := s.NewSnapshot(size)
		require.NoError(t, err)
		sum := sha256.New()
		for left := size; left > 0; {
			n := min(left, len(block))
			sum.Write(block[:n])
			_, err := w.Write(block[:n])
			require.NoError(t, err)
			left -= n
			peak = max(peak, heap())
		}
		require.NoError(t, w.Commit())
		r, err := s.Snapshot()
		require.NoError(t, err)
		again := sha256.New()
		_, err = io.CopyBuffer(struct{ io.Writer }{again}, struct{ io.Reader }{r}, block)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		require.Equal(t, sum.Sum(nil), again.Sum(nil))
		peak = max(peak, heap())
	}
	t.Logf("heap at most %d MiB", peak>>20)
	require.Less(t, peak, uint64(64<<20))
	require.NoError(t, s.Close())
	require.Less(t, s.folder.size(), int64(size+size/4), "the older one is gone")
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestInterval(t *testing.T) {
	p := Policy{Step: 10, Replay: 1, Snapshot: 8, Stops: 400}
	require.EqualValues(t, 80, p.Interval(), "Young: sqrt(2 400 8)")
	p.MaxResume = 30
	require.EqualValues(t, 30, p.Interval())
	p.MaxShare = 0.02
	require.EqualValues(t, 40, p.Interval(), "8 of 408 seconds are within 2 %, prevails")
	require.EqualValues(t, NoSnapshots, Policy{Step: 1, Snapshot: 1, Stops: 10}.Interval())
	require.EqualValues(t, 1, Policy{Step: 1, Replay: 9, Stops: 1}.Interval())
	require.True(t, p.Due(Status{Steps: 50, Snapshot: SnapshotInfo{At: 10}}))
	require.False(t, p.Due(Status{Steps: 49, Snapshot: SnapshotInfo{At: 10}}))
	require.Equal(t, 2.0, SnapshotSeconds(512<<20, 256<<20))
}

// Young's interval costs at most as much as its neighbours.
func TestIntervalProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Policy{
			Step: 1, Replay: rapid.Float64Range(0.01, 10).Draw(t, "replay"),
			Snapshot: rapid.Float64Range(0.1, 100).Draw(t, "snapshot"), Stops: rapid.Float64Range(10, 1e5).Draw(t,
				"stops"),
		}
		cost := func(k float64) float64 { return p.Snapshot/k + k*p.Replay/(2*p.Stops) }
		k := float64(p.Interval())
		best := min(cost(k), cost(k+1))
		for _, other := range []float64{k / 2, k * 2, k + 10, max(1, k-10)} {
			if other >= 1 {
				require.LessOrEqual(t, best, cost(other)*(1+1e-9))
			}
		}
	})
}
