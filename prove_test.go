package fold

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/checkpoint"
	"fold.example/fold/internal/run"
)

// fixture is what tests of proving share: a development key, a committed model
// folder, and a finished run. It is made once, and removed when the tests end.
var fixture struct{ dir string }

// shareOnce returns a path in the fixture, which fill writes if it is not there yet.
func shareOnce(t testing.TB, name string, fill func(path string)) string {
	t.Helper()
	path := filepath.Join(fixture.dir, name)
	if _, err := os.Stat(path); err != nil {
		fill(path)
	}
	return path
}

// provingKey is a development key that is large enough for the embedded models.
func provingKey(t testing.TB) string {
	return shareOnce(t, "key", func(path string) {
		_, err := Setup(context.Background(), path, SetupOptions{Development: true, Size: 1 << 20}, nil)
		require.NoError(t, err)
	})
}

// otherKey is a key that no run is proven with.
func otherKey(t testing.TB) string {
	return shareOnce(t, "other", func(path string) {
		_, err := Setup(context.Background(), path, SetupOptions{Development: true, Size: 16}, nil)
		require.NoError(t, err)
	})
}

// committedModel is the demo model in a folder, committed with blinds.
func committedModel(t testing.TB) string {
	return shareOnce(t, "model", func(path string) {
		_, err := ImportModel(context.Background(), DemoModel, path, ImportOptions{}, nil)
		require.NoError(t, err)
		m, err := OpenModel(context.Background(), path, nil)
		require.NoError(t, err)
		_, err = m.Commit(context.Background(), CommitOptions{Key: provingKey(t)}, nil)
		require.NoError(t, errors.Join(err, m.Close()))
	})
}

// TestMain gives the tests a cache folder of their own, where checked keys are remembered.
func TestMain(m *testing.M) {
	cache, err := os.MkdirTemp("", "fold-cache-")
	if err != nil {
		panic(err)
	}
	os.Setenv("XDG_CACHE_HOME", cache)
	if os.Getenv(resumedStore) == "" { // a child that is killed could not remove it
		var err error
		if fixture.dir, err = os.MkdirTemp("", "fold-test-"); err != nil {
			panic(err)
		}
		trial.Key = filepath.Join(fixture.dir, "key")
	}
	code := m.Run()
	os.RemoveAll(cache)
	os.RemoveAll(fixture.dir)
	os.Exit(code)
}

// smallRun is a run that is proven in few steps.
func smallRun(t testing.TB, store string) ProveOptions {
	return ProveOptions{Model: committedModel(t), Key: provingKey(t), Store: store, Prompt: "A", N: 2, Blocks: 4,
		Pass: 1}
}

// begin makes the store of a run that stops before its first step.
func begin(t testing.TB, opts ProveOptions) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	_, err := Prove(ctx, opts, func(e Event) {
		if _, ok := e.(Started); ok {
			cancel()
		}
	})
	var stopped *Stopped
	require.ErrorAs(t, err, &stopped)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, opts.Store, stopped.Store)
	require.Zero(t, stopped.Step)
}

func copyStore(t testing.TB, src, dst string) string {
	t.Helper()
	require.NoError(t, exec.Command("cp", "-r", src, dst).Run())
	return dst
}

// records are all records of a store.
func records(t testing.TB, dir string) (all []checkpoint.Entry) {
	t.Helper()
	s, err := checkpoint.OpenReadOnly(dir)
	require.NoError(t, err)
	for r, err := range s.Steps(0) {
		require.NoError(t, err)
		all = append(all, r)
	}
	require.NoError(t, s.Close())
	return all
}

// trial is what runs proven with provingKey are verified with. Its Key is set by TestMain:
// the store's own path is not used.
var trial = VerifyOptions{AllowDevelopmentKey: true}

// readTrial is trial with the model, whose weights are checked and whose tokenizer reads texts.
func readTrial(t testing.TB) VerifyOptions {
	o := trial
	o.Model = committedModel(t)
	return o
}

// begunStore is the store of a small run before its first step, provenStore the
// same run's when it is finished: for tests that do not change them.
func begunStore(t testing.TB) string {
	return shareOnce(t, "begun", func(path string) { begin(t, smallRun(t, path)) })
}

func provenStore(t testing.TB) string {
	return shareOnce(t, "proven", func(path string) {
		copyStore(t, begunStore(t), path)
		_, err := Resume(context.Background(), path, ResumeOptions{}, nil)
		require.NoError(t, err)
	})
}

// TestProveTellsWhatItProves: the events say what the summary says, the text is the
// model's, and the store verifies.
func TestProveTellsWhatItProves(t *testing.T) {
	store := filepath.Join(t.TempDir(), "s")
	opts := smallRun(t, store)
	opts.Model, opts.Batch, opts.N, opts.Prompt, opts.Pass = DemoModel, true, 3, "AB", 0
	var started []Started
	var steps []Step
	var text string
	var ids []int
	s, err := Prove(context.Background(), opts, func(e Event) {
		switch e := e.(type) {
		case Started:
			started = append(started, e)
		case Step:
			steps = append(steps, e)
			st, err := ReadStatus(store)
			require.NoError(t, err)
			require.Equal(t, e.Step, st.Step, "told when it is durable")
			require.Equal(t, map[bool]string{false: run.Running, true: run.Finished}[e.Step == e.Of], st.State)
		case Token:
			text, ids = text+e.Text, append(ids, e.ID)
		}
	})
	require.NoError(t, err)
	require.Len(t, started, 1)
	require.Len(t, steps, s.Steps)
	for i, e := range steps {
		require.Equal(t, i+1, e.Step)
		require.Equal(t, s.Steps, e.Of)
	}
	want, err := openTest(t, DemoModel).Run(context.Background(), RunOptions{Prompt: "AB", N: 3}, nil)
	require.NoError(t, err)
	require.Equal(t, want.OutputIDs, s.OutputIDs)
	require.Equal(t, want.OutputIDs, ids)
	require.Equal(t, want.Text, s.Text)
	require.Equal(t, want.Text, text)
	o := trial
	o.Model = DemoModel
	v, err := Verify(context.Background(), store, o, nil)
	require.NoError(t, err)
	require.True(t, v.Accepted)
	require.Contains(t, v.Statement, "This is the owner's check")
	require.Equal(t, want.Text, v.Output)
	require.Equal(t, "<s>AB", v.Prompt)
	require.Contains(t, v.Statement, `after <s>"AB" (3 tokens) the model`)
	require.Contains(t, v.Statement, s.ModelID)
	require.Contains(t, v.Statement, "development key")

	_, err = Prove(context.Background(), opts, nil)
	require.ErrorIs(t, err, ErrExists)
	s, err = Resume(context.Background(), store, ResumeOptions{}, nil)
	require.NoError(t, err)
	require.Zero(t, s.StepsNow)
	require.Equal(t, want.Text, s.Text)
}

// TestVerifyExpectations: what is expected of a proof is compared.
func TestVerifyExpectations(t *testing.T) {
	store := provenStore(t)
	st, err := ReadStatus(store)
	require.NoError(t, err)
	require.Equal(t, run.Finished, st.State)
	text := func(s string) *string { return &s }
	v, err := Verify(context.Background(), store, readTrial(t), nil)
	require.NoError(t, err)
	other := otherKey(t)
	for name, c := range map[string]struct {
		change func(o *VerifyOptions)
		says   string
	}{
		"all that is true": {func(o *VerifyOptions) {
			o.ModelID, o.Prompt, o.Output = st.ModelID, text("A"),
				text(v.Output)
		}, ""},
		"its tokens":        {func(o *VerifyOptions) { o.PromptIDs, o.OutputIDs = v.PromptIDs, v.OutputIDs }, ""},
		"begin token named": {func(o *VerifyOptions) { o.Prompt = text("<s>A") }, ""},
		"other tokens": {func(o *VerifyOptions) { o.PromptIDs = v.PromptIDs[1:] },
			"prompt: its 2 tokens are [0 34], expected 1 token [34]: they differ from token 0 on"},
		"other output":   {func(o *VerifyOptions) { o.OutputIDs = v.OutputIDs[:1] }, "output: its 2 tokens are"},
		"committed anew": {func(o *VerifyOptions) { o.Recommit = true }, ""},
		"public weights": {func(o *VerifyOptions) { o.Model = DemoModel }, "model: bard has model id"},
		"another network": {func(o *VerifyOptions) { o.Model = "bard-ternary" },
			"model: bard-ternary has configuration"},
		"no development key": {func(o *VerifyOptions) { o.AllowDevelopmentKey = false }, "development key"},
		"another model":      {func(o *VerifyOptions) { o.ModelID = "00" + st.ModelID[2:] }, "model id"},
		"another key":        {func(o *VerifyOptions) { o.Key = other }, "another key"},
		"another prompt":     {func(o *VerifyOptions) { o.Prompt = text("B") }, "prompt: its 2 tokens are"},
		"another output":     {func(o *VerifyOptions) { o.Output = text(v.Output + "!") }, "output: it is"},
	} {
		opts := readTrial(t)
		c.change(&opts)
		_, err := Verify(context.Background(), store, opts, nil)
		if c.says == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorIs(t, err, ErrRejected, name)
		require.ErrorContains(t, err, c.says, name)
	}
	_, err = Verify(context.Background(), begunStore(t), readTrial(t), nil)
	require.ErrorIs(t, err, ErrRejected)
	require.ErrorContains(t, err, "0 of 8 steps")
	_, err = Verify(context.Background(), store, trial, nil)
	require.ErrorIs(t, err, ErrFormat)
	require.ErrorContains(t, err, "reads the weights")
	_, err = Verify(context.Background(), t.TempDir(), readTrial(t), nil)
	require.ErrorIs(t, err, ErrNoStore)
}

// TestResumeRefuses: another model, another key, a shorter or too long run, another
// process.
func TestResumeRefuses(t *testing.T) {
	ctx := context.Background()
	store := copyStore(t, begunStore(t), filepath.Join(t.TempDir(), "s"))
	other := otherKey(t)
	for name, c := range map[string]struct {
		opts ResumeOptions
		says string
	}{
		"another model": {ResumeOptions{Model: "bard-ternary"}, "fingerprint"},
		"another key":   {ResumeOptions{Key: other}, "the run is proven with another key"},
		"fewer tokens":  {ResumeOptions{N: 1}, "expected more than the 2"},
		"no room":       {ResumeOptions{N: 4}, "room for 4 positions"},
	} {
		_, err := Resume(ctx, store, c.opts, nil)
		require.ErrorIs(t, err, ErrFormat, name)
		require.ErrorContains(t, err, c.says, name)
	}
	held, err := checkpoint.Open(store)
	require.NoError(t, err)
	_, err = Resume(ctx, store, ResumeOptions{}, nil)
	require.ErrorIs(t, err, ErrLocked)
	_, err = Verify(ctx, store, readTrial(t), nil)
	require.ErrorIs(t, err, ErrLocked)
	require.NoError(t, held.Close())
	_, err = Resume(ctx, filepath.Join(store, "absent"), ResumeOptions{}, nil)
	require.ErrorIs(t, err, ErrNoStore)
}

// TestProveRefuses: what cannot be asked for.
func TestProveRefuses(t *testing.T) {
	store := filepath.Join(t.TempDir(), "s")
	for name, change := range map[string]func(o *ProveOptions){
		"no tokens":     func(o *ProveOptions) { o.N = 0 },
		"pass of three": func(o *ProveOptions) { o.Pass = 3 },
		"huge pass":     func(o *ProveOptions) { o.Pass = 256 },
		"beyond room":   func(o *ProveOptions) { o.Room = 1 << 20 },
	} {
		opts := smallRun(t, store)
		change(&opts)
		_, err := Prove(context.Background(), opts, nil)
		require.ErrorIs(t, err, ErrFormat, name)
	}
	opts := smallRun(t, store)
	opts.N = 1 << 20
	_, err := Prove(context.Background(), opts, nil)
	require.Error(t, err)
	_, err = os.Stat(store)
	require.True(t, errors.Is(err, os.ErrNotExist), "nothing is left behind")
}
