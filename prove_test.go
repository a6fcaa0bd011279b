package fold

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/checkpoint"
	"fold.example/fold/internal/run"
)

// TestProveTellsWhatItProves: the events agree with the summary, the text is the model's,
// and the store verifies.
func TestProveTellsWhatItProves(t *testing.T) {
	store := filepath.Join(t.TempDir(), "s")
	opts := smallRun(t, store)
	opts.Model, opts.Batch, opts.Prompt, opts.Pass = DemoModel, true, "AB", 0
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
	want, err := openTest(t, DemoModel).Run(context.Background(), RunOptions{Prompt: "AB", N: 2}, nil)
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

// TestVerifyExpectations: every expectation is compared.
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

// TestResumeRefuses: another model or key, a shorter run or one that exceeds the room, and
// a locked store are rejected.
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

// TestProveRefuses: invalid options are rejected.
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
