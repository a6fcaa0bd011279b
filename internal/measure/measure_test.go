package measure

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/host"
	"fold.example/fold/internal/model"
	"fold.example/fold/internal/progress"
	"fold.example/fold/llama"
	"fold.example/fold/llama/embedded"
)

// TestRunOfOneLayer measures the smallest run. Its stages are the known ones and sum to the
// core time of the process within 2%, and no files are left.
func TestRunOfOneLayer(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	opts := Options{Shape: "stories260k", Layers: 1, Prompt: 2, N: 2, Batch: true}
	entered, before := map[progress.Stage]bool{}, host.CPUTime()
	s, err := Run(context.Background(), opts, func(e progress.Event) {
		if e, ok := e.(progress.Entered); ok {
			entered[e.Stage] = true
		}
	})
	require.NoError(t, err)
	process, sum := (host.CPUTime() - before).Seconds(), 0.0
	for _, c := range s.Stages {
		require.Equal(t, !slices.Contains(allIn, c.Stage), c.Apart, c.Stage)
		sum += c.Seconds
	}
	require.InEpsilon(t, process, sum, 0.02)
	require.InEpsilon(t, s.CPU, sum, 0.02)
	for _, name := range allIn {
		require.True(t, slices.ContainsFunc(s.Stages, func(c StageCost) bool { return c.Stage == name }), name)
		require.True(t, entered[name] || name == Opening, name)
	}
	require.Less(t, s.AllIn, sum)
	require.Greater(t, s.Overhead, 1.0)
	require.Positive(t, s.RSS)
	require.Positive(t, s.ProofBytes)
	require.Equal(t, 3, s.Positions)
	entries, err := os.ReadDir(temp)
	require.NoError(t, err)
	require.Empty(t, entries)
}

// TestPromptOf: for every length there is a text whose prompt has that many tokens.
func TestPromptOf(t *testing.T) {
	tok, err := model.EmbeddedTokenizer(embedded.Demo)
	require.NoError(t, err)
	for n := 1; n <= 130; n++ {
		text, ids, err := promptOf(tok, n)
		require.NoError(t, err)
		require.Len(t, ids, n)
		require.Equal(t, model.PromptTokens(tok, text), ids)
	}
}

// TestShapeJob: large shapes have 8-bit weights, whatever their number of layers.
func TestShapeJob(t *testing.T) {
	for name, scheme := range map[string]llama.Scheme{"bard": llama.W16, "smollm2-135m": llama.W16,
		"llama-3.2-1b": llama.W8, "llama-3-70b": llama.W8} {
		j, err := ShapeJob(name, 2)
		require.NoError(t, err)
		require.Equal(t, scheme, j.Description.Scheme, name)
		require.Equal(t, 2, j.Description.Config.Layers)
	}
}

// TestRefused: invalid options are rejected before any file is made.
func TestRefused(t *testing.T) {
	ctx, full := context.Background(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(full, "file"), nil, 0o600))
	run := Options{Shape: "bard", Prompt: 1, N: 1}
	for name, c := range map[string]struct {
		change func(*Options)
		class  error
	}{
		"no prompt":        {func(o *Options) { o.Prompt = 0 }, fault.ErrFormat},
		"no token":         {func(o *Options) { o.N = 0 }, fault.ErrFormat},
		"pass":             {func(o *Options) { o.Pass = 3 }, fault.ErrFormat},
		"layers":           {func(o *Options) { o.Layers = -1 }, fault.ErrFormat},
		"shape":            {func(o *Options) { o.Shape = "llama-9" }, fault.ErrFormat},
		"parts of a shape": {func(o *Options) { o.Shape, o.Parts = "llama-9", true }, fault.ErrFormat},
		"parts in blocks":  {func(o *Options) { o.Parts, o.Blocks = true, 2 }, fault.ErrFormat},
		"context":          {func(o *Options) { o.Prompt = 257 }, fault.ErrFormat},
		"folder in use":    {func(o *Options) { o.Dir = full }, fault.ErrExists},
		"no key":           {func(o *Options) { o.Key = filepath.Join(full, "key") }, os.ErrNotExist},
	} {
		opts := run
		c.change(&opts)
		_, err := Run(ctx, opts, nil)
		require.ErrorIs(t, err, c.class, name)
	}
	entries, err := os.ReadDir(full)
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

// TestFits: a machine with too little memory or disk is rejected, and the error says which.
func TestFits(t *testing.T) {
	p, err := newPlan(&Options{Shape: "llama-3-70b", Prompt: 64, N: 64, Batch: true})
	require.NoError(t, err)
	memory, disk := p.needs()
	require.Greater(t, disk, int64(70e9))
	require.Less(t, memory, int64(16e9))
	require.NoError(t, p.fits("", memory, disk))
	require.NoError(t, p.fits("", 0, 0), "what is not known does not matter")
	require.ErrorIs(t, p.fits("", memory-1, disk), fault.ErrNoMemory)
	require.ErrorIs(t, p.fits("", memory, disk-1), fault.ErrNoSpace)
}
