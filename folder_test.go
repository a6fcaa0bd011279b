package fold

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func entries(t *testing.T, dir string) (names []string) {
	all, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range all {
		names = append(names, e.Name())
	}
	return names
}

// An import that is cancelled at any of its stages leaves no trace, and an older
// model as it was.
func TestCancelledImportLeavesNothing(t *testing.T) {
	parent := t.TempDir()
	dst := filepath.Join(parent, "model")
	stages := map[string]bool{}
	_, err := ImportModel(context.Background(), DemoModel, dst, ImportOptions{}, func(e Event) { stages[e.(Progress).Stage] = true })
	require.NoError(t, err)
	require.Len(t, stages, 5)
	before, err := os.ReadFile(filepath.Join(dst, manifestFile))
	require.NoError(t, err)
	for stage := range stages {
		ctx, cancel := context.WithCancel(context.Background())
		_, err := ImportModel(ctx, "bard-ternary", dst, ImportOptions{}, func(e Event) {
			if e.(Progress).Stage == stage {
				cancel()
			}
		})
		cancel()
		require.ErrorIs(t, err, context.Canceled, stage)
		require.Equal(t, []string{"model"}, entries(t, parent), stage)
		after, err := os.ReadFile(filepath.Join(dst, manifestFile))
		require.NoError(t, err)
		require.Equal(t, before, after, stage)
	}
}

// A model that replaces another takes its quality card away with it.
func TestReplacedModelHasNoOldCard(t *testing.T) {
	dst := filepath.Join(t.TempDir(), "model")
	_, err := ImportModel(context.Background(), DemoModel, dst, ImportOptions{}, nil)
	require.NoError(t, err)
	_, err = Evaluate(context.Background(), dst, EvalOptions{Reference: DemoModel, MaxTokens: 32}, nil)
	require.NoError(t, err)
	require.Contains(t, entries(t, dst), qualityFile)
	_, err = ImportModel(context.Background(), DemoModel, dst, ImportOptions{}, nil)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{manifestFile, weightsFile, tokenizerFile}, entries(t, dst))
}

// The embedded models need no files and leave none.
func TestEmbeddedModels(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	for _, name := range EmbeddedModels() {
		m, err := OpenModel(context.Background(), name, nil)
		require.NoError(t, err)
		require.Empty(t, entries(t, temp))
		require.NoError(t, m.Validate())
		require.NoError(t, m.Close())
	}
}
