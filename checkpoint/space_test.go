package checkpoint

import (
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"github.com/stretchr/testify/require"
)

// The disk fills up before the n-th write, for n from 1 on. The step, the snapshot or Close
// fails with ErrNoSpace, without waiting and without ending the process, and all steps that
// were reported durable remain.
func TestDiskFullAtAnyWrite(t *testing.T) {
	for n := int64(1); ; n += 3 {
		mem := vfs.NewCrashableMem()
		var left atomic.Int64
		left.Store(1 << 40)
		full := errorfs.InjectorFunc(func(op errorfs.Op) error {
			if op.Kind.ReadOrWrite() == errorfs.OpIsWrite && left.Add(-1) < 0 {
				return syscall.ENOSPC
			}
			return nil
		})
		s, err := create(inMemory(errorfs.Wrap(mem, full)), testMeta)
		require.NoError(t, err)
		durable := uint64(0)
		left.Store(n)
		err = work(s, 6, crashStep, func(steps uint64) { durable = steps })
		if err == nil {
			left.Store(1 << 40)
			require.NoError(t, s.Close())
			require.Greater(t, n, int64(20))
			return
		}
		require.ErrorIsf(t, err, ErrNoSpace, "write %d", n)
		// The next process runs when there is free space again.
		after, err := open(inMemory(mem.CrashClone(vfs.CrashCloneCfg{})), false)
		require.NoErrorf(t, err, "write %d", n)
		require.Contains(t, []uint64{durable, durable + 1}, after.Len())
		requireSteps(t, after, after.Len(), crashStep)
		fill(t, after, after.Len()+1, crashStep)
		require.NoError(t, after.Close())
	}
}

// The free space is checked before a change, so the store remains usable.
func TestRoomIsCheckedBefore(t *testing.T) {
	mem := vfs.NewMem()
	s, err := create(inMemory(mem), testMeta)
	require.NoError(t, err)
	mem.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: Reserve + 1000})
	require.ErrorIs(t, s.Append(testStep(0, 4000)), ErrNoSpace)
	_, err = s.NewSnapshot(4000)
	require.ErrorIs(t, err, ErrNoSpace)
	require.NoError(t, s.Append(testStep(0, 400)))
	mem.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: 1 << 40})
	require.NoError(t, s.Append(testStep(1, 4000)))
	require.NoError(t, s.Close())
}
