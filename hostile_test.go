//go:build unix

package fold

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"fold.example/fold/internal/files"
	"fold.example/fold/internal/model"
)

// pipeAt replaces a file by a pipe. Opening a pipe waits for a writer.
func pipeAt(t *testing.T, path string) string {
	t.Helper()
	_ = os.Remove(path)
	require.NoError(t, unix.Mkfifo(path, 0o600))
	return path
}

// A pipe in place of a file is rejected by every command that reads one.
func TestPipesAreRefused(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	pipe := pipeAt(t, filepath.Join(dir, "pipe"))
	for name, read := range map[string]func() error{
		"inspect":        func() error { _, err := Inspect(pipe); return err },
		"text":           func() error { _, err := ReadText(pipe); return err },
		"key":            func() error { _, err := ReadVerifierKey(pipe); return err },
		"proof":          func() error { _, err := verifyProof(ctx, pipe, &trial, nil); return err },
		"proof or store": func() error { _, err := Verify(ctx, pipe, trial, nil); return err },
		"store":          func() error { _, err := Open(pipe); return err },
		"resumed store":  func() error { _, err := Resume(ctx, pipe, ResumeOptions{}, nil); return err },
		"status":         func() error { _, err := ReadStatus(pipe); return err },
		"source": func() error {
			_, err := ImportModel(ctx, pipe, filepath.Join(dir, "m"), ImportOptions{}, nil)
			return err
		},
		"a file only": func() error { _, err := files.Read(dir, 10); return err },
	} {
		err := read()
		require.ErrorIs(t, err, ErrFormat, name)
		require.ErrorContains(t, err, map[bool]string{true: dir, false: "is a pipe"}[name == "a file only"], name)
	}
	folder := copyStore(t, committedModel(t), filepath.Join(dir, "model"))
	for _, file := range []string{model.SeedFile, model.CommitmentFile, model.QualityFile, model.TokenizerFile,
		model.WeightsFile, model.ManifestFile} {
		pipeAt(t, filepath.Join(folder, file))
		m, err := OpenModel(ctx, folder, nil)
		if err == nil {
			_, err = m.ReadSeed()
			require.NoError(t, m.Close())
		}
		require.ErrorContains(t, err, "not a regular file", file)
	}
}

// If weights.bin is truncated during a run, the process survives, nothing computed from it
// is kept, and the earlier records are valid.
func TestWeightsTruncatedWhileARunIsProven(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	folder := copyStore(t, committedModel(t), filepath.Join(dir, "model"))
	opts := smallRun(t, filepath.Join(dir, "store"))
	opts.Model = folder
	steps := 0
	_, err := Prove(ctx, opts, func(e Event) {
		if _, ok := e.(Step); ok {
			if steps++; steps == 1 {
				require.NoError(t, os.Truncate(filepath.Join(folder, model.WeightsFile), 0))
			}
		}
	})
	require.ErrorIs(t, err, ErrCorrupt)
	require.ErrorContains(t, err, model.WeightsFile)
	require.Equal(t, 1, steps)
	s, err := Open(opts.Store)
	require.NoError(t, err)
	require.EqualValues(t, 1, s.Records().Len())
	require.NoError(t, s.Close())

	m, err := OpenModel(ctx, copyStore(t, committedModel(t), filepath.Join(dir, "again")), nil)
	require.NoError(t, err)
	defer m.Close()
	_, err = m.Run(ctx, RunOptions{Prompt: "A", N: 5}, func(Event) {
		require.NoError(t, os.Truncate(filepath.Join(dir, "again", model.WeightsFile), 0))
	})
	require.ErrorIs(t, err, ErrCorrupt)
}
