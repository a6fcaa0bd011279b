//go:build slow

package fold

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/proof"
)

// TestWhatProofsShare: two proofs of one run share the points of its claims. The proofs of
// a run, its extension by a token and its fork share nothing, and an opening of one proof
// does not open another.
func TestWhatProofsShare(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	key, first := readProof(t, proofOf(t))
	compress := func(store, name string, mode Mode) ([]byte, *CompressSummary) {
		out := filepath.Join(dir, name)
		s, err := Compress(ctx, store, CompressOptions{Out: out, Label: "golden", Mode: mode}, nil)
		require.NoError(t, err)
		_, data := readProof(t, out)
		return data, s
	}
	second, _ := compress(finishedStore(t), "again", ShowAll)
	longer := copyStore(t, finishedStore(t), filepath.Join(dir, "longer"))
	_, err := Resume(ctx, longer, ResumeOptions{N: 3}, nil)
	require.NoError(t, err)
	third, s := compress(longer, "extension", HideAll)

	run, again, extension := proofFields(t, key, first), proofFields(t, key, second), proofFields(t, key, third)
	fork := proofFields(t, key, compressedFork(t).data(t))
	requireShared(t, run, again, "point of claim")
	requireShared(t, run, extension)
	requireShared(t, extension, fork)

	open, err := proof.Decode(key, first)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "extension")
	require.NoError(t, os.WriteFile(path, third, 0o600))
	v := proofTrial(t)
	v.VerificationKey, v.OutputOpening = proofOf(t)+".vk", s.OutputOpening
	_, err = Verify(ctx, path, v, nil)
	require.NoError(t, err)
	v.OutputOpening = proof.HexOf(open.Output.Value) + s.OutputOpening[64:]
	_, err = Verify(ctx, path, v, nil)
	require.ErrorIs(t, err, ErrRejected)
	require.ErrorContains(t, err, "output: the commitment")
}
