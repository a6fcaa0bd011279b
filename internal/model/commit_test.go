package model

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/fault"
	"fold.example/fold/llama/embedded"
)

// Commitment returns the commitment to the folder's weights, and rejects every other one in
// the folder.
func TestCommitmentIsTheModels(t *testing.T) {
	ctx := context.Background()
	m, path := committed(t, false)
	key, err := commit.Open(t.Context(), path, 0, nil)
	require.NoError(t, err)
	c, seed, err := m.Commitment(ctx, key, nil)
	require.NoError(t, err)
	require.Len(t, seed, BlindBytes)
	id, err := IDOf(c)
	require.NoError(t, err)
	info, err := m.Info()
	require.NoError(t, err)
	require.Equal(t, id, info.ModelID)

	other, err := commit.SetupDevelopment(1 << 16)
	require.NoError(t, err)
	_, _, err = m.Commitment(ctx, other, nil)
	require.ErrorIs(t, err, fault.ErrFormat, "another key")

	// The points of another commitment: a valid file that does not match the seed.
	again, _ := committed(t, false)
	data, err := os.ReadFile(filepath.Join(again.Dir(), CommitmentFile))
	require.NoError(t, err)
	mine, err := os.ReadFile(filepath.Join(m.Dir(), CommitmentFile))
	require.NoError(t, err)
	mixed := append(mine[:len(mine)-32:len(mine)-32], data[len(data)-32:]...)
	require.NoError(t, os.WriteFile(filepath.Join(m.Dir(), CommitmentFile), mixed, 0o600))
	_, _, err = m.Commitment(ctx, key, nil)
	require.ErrorIs(t, err, fault.ErrCorrupt)
	require.ErrorContains(t, err, "model id")
}

// An embedded model and a folder with the same public weights have the same model id.
func TestPublicWeightsHaveOneModelID(t *testing.T) {
	m, path := committed(t, true)
	key, err := commit.Open(t.Context(), path, 0, nil)
	require.NoError(t, err)
	c, seed, err := m.Commitment(context.Background(), key, nil)
	require.NoError(t, err)
	require.Empty(t, seed)
	of, err := IDOf(c)
	require.NoError(t, err)
	c, seed, err = openTest(t, embedded.Demo).Commitment(context.Background(), key, nil)
	require.NoError(t, err)
	require.Empty(t, seed)
	other, err := IDOf(c)
	require.NoError(t, err)
	require.Equal(t, of, other)
}

// SegmentBits and ColumnBits agree with the layout of the weights in package step.
func TestColumnsAreThoseOfTheLayout(t *testing.T) {
	m, path := committed(t, true)
	key, err := commit.Open(t.Context(), path, 0, nil)
	require.NoError(t, err)
	c, _, err := m.Commitment(context.Background(), key, nil)
	require.NoError(t, err)
	require.Equal(t, ColumnBits(m.Integers().Config), c.Layout.ColumnBits)
	for _, r := range c.Records {
		for _, segments := range r.Commitments {
			require.Len(t, segments, 1, "nothing of this model is larger than a segment")
		}
	}
}

// Concurrent first commits of one model use the same seed, the first that was created.
func TestCommitsAtOnce(t *testing.T) {
	ctx := context.Background()
	m, key := committed(t, false)
	for _, name := range []string{SeedFile, CommitmentFile} {
		require.NoError(t, os.Remove(filepath.Join(m.Dir(), name)))
	}
	const n = 4
	ids, errs := make([]string, n), make([]error, n)
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			s, err := m.Commit(ctx, CommitOptions{Key: key}, nil)
			if errs[i] = err; err == nil {
				ids[i] = s.ModelID
			}
		})
	}
	wait.Wait()
	for i := range n {
		require.NoError(t, errs[i])
		require.Equal(t, ids[0], ids[i])
	}
	id, err := m.CommittedID()
	require.NoError(t, err)
	require.Equal(t, ids[0], id)
	left, err := filepath.Glob(filepath.Join(m.Dir(), ".*.tmp"))
	require.NoError(t, err)
	require.Empty(t, left)
}
