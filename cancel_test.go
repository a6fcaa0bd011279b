package fold

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/host"
)

// countedContext is done after a number of calls of Err or Done, so that the moment of
// cancellation does not depend on the machine's speed.
type countedContext struct {
	context.Context
	mu   sync.Mutex
	left int
	seen int
	done chan struct{}
	at   time.Duration // core time when it became done
}

// doneAfter returns a context that is done after n looks, or never if n is negative.
func doneAfter(n int) *countedContext {
	return &countedContext{Context: context.Background(), left: n, done: make(chan struct{})}
}

// look counts a look and reports whether the context is done.
func (c *countedContext) look() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen++
	if c.left == 0 && c.at == 0 {
		c.at = host.CPUTime()
		close(c.done)
	}
	if c.left > 0 {
		c.left--
	}
	return c.at > 0
}

func (c *countedContext) Done() <-chan struct{} { c.look(); return c.done }

func (c *countedContext) Err() error {
	if c.look() {
		return context.Canceled
	}
	return nil
}

// longCall is a call that can be cancelled. ready prepares the folder for the call; work
// makes the call; whole requires that, after a failed call, its files are complete or
// absent.
type longCall struct {
	name  string
	tier  int
	ready func(t *testing.T) string
	work  func(ctx context.Context, dir string) error
	whole func(t *testing.T, dir string)
}

// The cost of a call determines how often the ordinary test tier cancels it: twice, only
// beforehand, or never.
const (
	light = iota
	heavy
	longest
)

// tempDir prepares calls that write to an empty folder.
func tempDir(t *testing.T) string { return t.TempDir() }

// emptyFolder requires that a failed call has left no files.
func emptyFolder(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}

// storeCopy prepares calls that continue a store.
func storeCopy(of func(t testing.TB) string) func(t *testing.T) string {
	return func(t *testing.T) string {
		dir := t.TempDir()
		copyStore(t, of(t), filepath.Join(dir, "store"))
		return dir
	}
}

// wholeStore requires that a store can be opened.
func wholeStore(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, "store")
	if _, err := os.Stat(path); err != nil {
		return
	}
	s, err := Open(path)
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

// modelCopy prepares calls on a model folder.
func modelCopy(t *testing.T) string {
	return copyStore(t, committedModel(t), filepath.Join(t.TempDir(), "model"))
}

// longCalls returns all long calls, each with its folder and the files that it may leave
// there.
func longCalls(t testing.TB) []longCall {
	return append(modelCalls(t), runCalls(t)...)
}

// modelCalls returns the long calls on models and keys.
func modelCalls(t testing.TB) []longCall {
	key := provingKey(t)
	return []longCall{
		{"import", light, tempDir, func(ctx context.Context, dir string) error {
			_, err := ImportModel(ctx, DemoModel, filepath.Join(dir, "model"), ImportOptions{}, nil)
			return err
		}, emptyFolder},
		{"open", light, tempDir, func(ctx context.Context, _ string) error {
			m, err := OpenModel(ctx, DemoModel, nil)
			if err != nil {
				return err
			}
			return m.Close()
		}, emptyFolder},
		{"run", light, modelCopy, withModel(func(ctx context.Context, m *Model) error {
			_, err := m.Run(ctx, RunOptions{Prompt: "ROMEO:", N: 20}, nil)
			return err
		}), wholeModel},
		{"evaluate", light, modelCopy, withModel(func(ctx context.Context, m *Model) error {
			_, err := m.Evaluate(ctx, EvalOptions{Reference: DemoModel, MaxTokens: 64}, nil)
			return err
		}), wholeModel},
		{"commit", light, modelCopy, withModel(func(ctx context.Context, m *Model) error {
			_, err := m.Commit(ctx, CommitOptions{Key: key}, nil)
			return err
		}), wholeModel},
		{"setup", light, tempDir, func(ctx context.Context, dir string) error {
			_, err := Setup(ctx, filepath.Join(dir, "key"), SetupOptions{Development: true, Size: 1 << 16}, nil)
			return err
		}, emptyFolder},
		{"import of a ceremony", light, tempDir, func(ctx context.Context, dir string) error {
			o := SetupOptions{PTau: ownCeremony(t), Size: 1 << ownPower}
			_, err := Setup(ctx, filepath.Join(dir, "key"), o, nil)
			return err
		}, emptyFolder},
		{"estimate", light, tempDir, func(ctx context.Context, _ string) error {
			_, err := EstimateRun(ctx, EstimateOptions{ProveOptions: ProveOptions{Model: DemoModel, N: 2, Blocks: 4},
				PromptTokens: 2}, nil)
			return err
		}, emptyFolder},
	}
}

// runCalls returns the long calls on runs and proofs.
func runCalls(t testing.TB) []longCall {
	key := provingKey(t)
	return []longCall{
		{"bench", longest, tempDir, func(ctx context.Context, _ string) error {
			_, err := Bench(ctx, BenchOptions{Shape: "bard", Tokens: 1, Blocks: 1, Key: key}, nil)
			return err
		}, emptyFolder},
		{"measure", longest, tempDir, func(ctx context.Context, _ string) error {
			_, err := Measure(ctx, MeasureOptions{Shape: "stories260k", Layers: 1, Prompt: 1, N: 1}, nil)
			return err
		}, emptyFolder},
		{"prove", heavy, tempDir, func(ctx context.Context, dir string) error {
			_, err := Prove(ctx, smallRun(t, filepath.Join(dir, "store")), nil)
			return err
		}, wholeStore},
		{"resume", heavy, storeCopy(begunStore), func(ctx context.Context, dir string) error {
			_, err := Resume(ctx, filepath.Join(dir, "store"), ResumeOptions{}, nil)
			return err
		}, wholeStore},
		{"verify a store", heavy, storeCopy(provenStore), func(ctx context.Context, dir string) error {
			_, err := Verify(ctx, filepath.Join(dir, "store"), VerifyOptions{
				Key: key, Model: committedModel(t), AllowDevelopmentKey: true,
			}, nil)
			return err
		}, wholeStore},
		{"compress", longest, storeCopy(finishedStore), func(ctx context.Context, dir string) error {
			_, err := Compress(ctx, filepath.Join(dir, "store"), CompressOptions{Out: filepath.Join(dir, "proof")}, nil)
			return err
		}, func(t *testing.T, dir string) {
			require.NoFileExists(t, filepath.Join(dir, "proof"))
			wholeStore(t, dir)
		}},
		{"verify a proof", longest, tempDir, func(ctx context.Context, _ string) error {
			o := VerifyOptions{AllowDevelopmentKey: true, Model: DemoModel, Key: compressKey(t)}
			_, err := Verify(ctx, proofOf(t), o, nil)
			return err
		}, emptyFolder},
	}
}

// withModel opens a model folder for a call. Only the call is cancelled, not the opening.
func withModel(f func(ctx context.Context, m *Model) error) func(context.Context, string) error {
	return func(ctx context.Context, dir string) error {
		m, err := OpenModel(context.Background(), dir, nil)
		if err != nil {
			return err
		}
		defer m.Close()
		return f(ctx, m)
	}
}

// wholeModel requires that a model folder is committed and contains only a model's files.
func wholeModel(t *testing.T, dir string) {
	t.Helper()
	require.NoError(t, replaceableAside(dir))
	m, err := OpenModel(context.Background(), dir, nil)
	require.NoError(t, err)
	defer m.Close()
	require.NoError(t, m.Validate())
	_, err = m.CommittedID()
	require.NoError(t, err)
	_, err = m.ReadSeed()
	require.NoError(t, err)
}

// replaceableAside is replaceable for a folder that has a seed.
func replaceableAside(dir string) error {
	names, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err == nil && len(names) > 0 {
		return os.ErrExist
	}
	return err
}

// cancelAt makes a call that is cancelled after the given number of looks, and checks the
// requirements on every cancelled call. It returns the core time from the cancellation to
// the return. A call that has made all its looks by then, because it found more than the counted
// call did (a compiled circuit, a checked key), ends without an error; it is made again with fewer
// looks.
func (c *longCall) cancelAt(t *testing.T, looks int) time.Duration {
	t.Helper()
	dir, ctx, before := c.ready(t), doneAfter(looks), runtime.NumGoroutine()
	err := c.work(ctx, dir)
	took := host.CPUTime() - ctx.at
	if err == nil && looks > 0 && ctx.seen <= looks+1 {
		return c.cancelAt(t, min(looks-1, ctx.seen/2))
	}
	require.ErrorIs(t, err, context.Canceled, "%s, after %d looks", c.name, looks)
	requireGoroutines(t, before)
	c.whole(t, dir)
	return took
}

// requireGoroutines waits for goroutines that end by themselves, such as those of the
// store's engine, and fails if others remain.
func requireGoroutines(t testing.TB, before int) {
	t.Helper()
	for range 200 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	require.LessOrEqual(t, runtime.NumGoroutine(), before, "%s", strings.ToValidUTF8(string(stacks), "?"))
}

// cancelled makes the call once to count its looks, cancels it at random looks, and makes
// it again.
func (c *longCall) cancelled(t *testing.T, moments int) {
	free := doneAfter(-1)
	require.NoError(t, c.work(free, c.ready(t)))
	random := rand.New(rand.NewPCG(uint64(len(c.name)), 7))
	most := time.Duration(0)
	for range moments {
		most = max(most, c.cancelAt(t, random.IntN(free.seen)))
	}
	require.NoError(t, c.work(context.Background(), c.ready(t)))
	t.Logf("%d looks; %v of core time at most after the cancellation", free.seen, most)
}

// TestCancelledCalls: a call that is cancelled at any moment returns the context's error
// after all its goroutines have ended, leaves files complete or absent, and can be repeated
// in the same process.
func TestCancelledCalls(t *testing.T) {
	for _, c := range longCalls(t) {
		if c.tier == light {
			t.Run(c.name, func(t *testing.T) { c.cancelled(t, 2) })
		}
	}
}

// With a context that is done beforehand, every call returns before it does anything.
func TestCallsOfADoneContext(t *testing.T) {
	for _, c := range longCalls(t) {
		if c.tier < longest {
			t.Run(c.name, func(t *testing.T) { c.cancelAt(t, 0) })
		}
	}
}
