package model

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/progress"
	"fold.example/fold/llama/embedded"
)

func entries(t *testing.T, dir string) (names []string) {
	all, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range all {
		names = append(names, e.Name())
	}
	return names
}

// An import cancelled at any stage leaves no files and does not change an existing model.
func TestCancelledImportLeavesNothing(t *testing.T) {
	parent := t.TempDir()
	dst := filepath.Join(parent, "model")
	stages := map[string]bool{}
	_, err := Import(context.Background(), embedded.Demo, dst, ImportOptions{},
		func(e progress.Event) { stages[e.(progress.Report).Stage] = true })
	require.NoError(t, err)
	require.Len(t, stages, 5)
	before, err := os.ReadFile(filepath.Join(dst, ManifestFile))
	require.NoError(t, err)
	for stage := range stages {
		ctx, cancel := context.WithCancel(context.Background())
		_, err := Import(ctx, "bard-ternary", dst, ImportOptions{}, func(e progress.Event) {
			if e.(progress.Report).Stage == stage {
				cancel()
			}
		})
		cancel()
		require.ErrorIs(t, err, context.Canceled, stage)
		require.Equal(t, []string{"model"}, entries(t, parent), stage)
		after, err := os.ReadFile(filepath.Join(dst, ManifestFile))
		require.NoError(t, err)
		require.Equal(t, before, after, stage)
	}
}

// Replacing a model removes its quality card.
func TestReplacedModelHasNoOldCard(t *testing.T) {
	dst := demoCopy(t)
	_, err := Evaluate(context.Background(), dst, EvalOptions{Reference: embedded.Demo, MaxTokens: 32}, nil)
	require.NoError(t, err)
	require.Contains(t, entries(t, dst), QualityFile)
	_, err = Import(context.Background(), embedded.Demo, dst, ImportOptions{}, nil)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{ManifestFile, WeightsFile, TokenizerFile}, entries(t, dst))
}

// The embedded models need no files and leave none.
func TestEmbeddedModels(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	for _, name := range embedded.Names() {
		m, err := Open(context.Background(), name, nil)
		require.NoError(t, err)
		require.Empty(t, entries(t, temp))
		require.NoError(t, m.Validate())
		require.NoError(t, m.Close())
	}
}
