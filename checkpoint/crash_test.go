package checkpoint

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"github.com/stretchr/testify/require"
)

const crashStep = 20_000

// work appends steps of a size up to a number, with a snapshot every fourth, and calls done
// after each durable step.
func work(s *Store, to uint64, size int, done func(steps uint64)) error {
	for i := s.Len(); i < to; i++ {
		if err := s.Append(testStep(i, size)); err != nil {
			return err
		}
		done(i + 1)
		if i%4 != 3 {
			continue
		}
		w, err := s.NewSnapshot(3 * crashStep)
		if err != nil {
			return err
		}
		if _, err := w.Write(make([]byte, 3*crashStep)); err != nil {
			return err
		}
		if err := w.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// TestChildWorks is the child process that is killed; it appends steps until then.
func TestChildWorks(t *testing.T) {
	dir := os.Getenv(childStore)
	if dir == "" {
		t.Skip("runs as a child of TestKilledProcess")
	}
	s, err := Open(dir)
	require.NoError(t, err)
	require.NoError(t, work(s, 1<<40, crashStep, func(n uint64) { fmt.Println("durable", n) }))
}

// A process is killed at ten random moments. Each time the store has all reported steps, and
// at most one more.
func TestKilledProcess(t *testing.T) {
	s, dir := newStore(t)
	require.NoError(t, s.Close())
	last := uint64(0)
	for round := range 10 {
		reported := killed(t, dir, time.Duration(rand.IntN(250))*time.Millisecond)
		s := reopen(t, dir)
		n := s.Len()
		require.GreaterOrEqual(t, n, max(reported, last), "round %d", round)
		if reported > 0 {
			require.LessOrEqual(t, n, reported+1, "round %d", round)
		}
		requireSteps(t, s, n, crashStep)
		last = n
		require.NoError(t, s.Close())
	}
	t.Logf("%d steps", last)
}

// killed runs the child for a step or two and a random time, kills it, and returns the number
// of steps that it reported.
func killed(t *testing.T, dir string, after time.Duration) uint64 {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestChildWorks$")
	cmd.Env = append(os.Environ(), childStore+"="+dir)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var reported uint64
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if n, _ := fmt.Sscanf(lines.Text(), "durable %d", &reported); n == 1 {
			break
		}
	}
	timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
	defer timer.Stop()
	for lines.Scan() {
		fmt.Sscanf(lines.Text(), "durable %d", &reported)
	}
	require.ErrorContains(t, cmd.Wait(), "killed")
	require.Positive(t, reported)
	_, err = Peek(dir)
	require.NoError(t, err)
	return reported
}

// The machine stops before each of the store's writes, syncs and renames in turn, and a random
// part of the unsynced data remains. Each time the store opens with all reported steps.
func TestPowerFailureAnywhere(t *testing.T) { powerFailures(t, 9, crashStep, 1) }

// The same with proofs that are ingested before their steps, at every 23rd moment. At every seventh
// it is TestPowerFailureAmongMoreProofs, with the tag slow.
func TestPowerFailureAmongLargeProofs(t *testing.T) { powerFailures(t, 3, 2*chunkSize+2000, 23) }

// powerFailures stops the machine before every stride-th change of the disk.
func powerFailures(t *testing.T, steps uint64, size, stride int) {
	type moment struct {
		fs      *vfs.MemFS
		durable uint64
		op      string
	}
	var moments []moment
	changes := 0
	var durable atomic.Uint64
	var taking atomic.Bool
	mem := vfs.NewCrashableMem()
	rng := rand.New(rand.NewPCG(1, 2))
	var serial = make(chan struct{}, 1) // One clone at a time: rng is not shared.
	hook := errorfs.InjectorFunc(func(op errorfs.Op) error {
		if !taking.Load() || op.Kind.ReadOrWrite() != errorfs.OpIsWrite {
			return nil
		}
		serial <- struct{}{}
		defer func() { <-serial }()
		if changes++; changes%stride != 0 {
			return nil
		}
		at := durable.Load()
		clone := mem.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: rng.IntN(101), RNG: rng})
		moments = append(moments, moment{clone, at, fmt.Sprint(op)})
		return nil
	})
	s, err := create(inMemory(errorfs.Wrap(mem, hook)), testMeta)
	require.NoError(t, err)
	taking.Store(true)
	require.NoError(t, work(s, steps, size, durable.Store))
	require.NoError(t, s.RollBack(steps))
	require.NoError(t, s.Close())
	taking.Store(false)
	require.Greater(t, changes, 40)
	for i, m := range moments {
		s, err := open(inMemory(m.fs), false)
		require.NoErrorf(t, err, "moment %d, before %s", i, m.op)
		n := s.Len()
		require.Containsf(t, []uint64{m.durable, m.durable + 1}, n, "moment %d, before %s", i, m.op)
		requireSteps(t, s, n, size)
		if s.Status().Snapshot.ID != 0 {
			require.Equal(t, make([]byte, 3*crashStep), readSnapshot(t, s))
		}
		fill(t, s, n+1, size)
		require.NoError(t, s.Close())
	}
	t.Logf("%d moments", len(moments))
}

// The creation of a store is interrupted before each of its writes: either there is a store or
// another creation succeeds.
func TestPowerFailureWhileMaking(t *testing.T) {
	var moments []*vfs.MemFS
	mem := vfs.NewCrashableMem()
	hook := errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind.ReadOrWrite() == errorfs.OpIsWrite && len(moments) < 60 {
			moments = append(moments, mem.CrashClone(vfs.CrashCloneCfg{}))
		}
		return nil
	})
	s, err := create(inMemory(errorfs.Wrap(mem, hook)), testMeta)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	for i, fs := range moments {
		s, err := open(inMemory(fs), false)
		if err != nil {
			require.ErrorIsf(t, err, ErrNoStore, "moment %d", i)
			s, err = create(inMemory(fs), testMeta)
			require.NoErrorf(t, err, "moment %d", i)
		}
		fill(t, s, 1, 100)
		require.NoError(t, s.Close())
	}
}

// A store whose process was killed can be forked before it is opened for writing.
func TestForkAfterAKill(t *testing.T) {
	s, live := newStore(t)
	fill(t, s, 3, 400)
	files := contents(t, live)
	require.NoError(t, s.Close())
	dir := filepath.Join(t.TempDir(), "killed")
	restore(t, dir, files)
	require.NoError(t, os.WriteFile(filepath.Join(dir, lockName), nil, 0o600))
	branch := filepath.Join(t.TempDir(), "branch")
	require.NoError(t, Fork(dir, branch, nil))
	require.Equal(t, files, contents(t, dir), "the source is as it was")
	requireSteps(t, reopen(t, branch), 3, 400)
}
