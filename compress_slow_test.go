//go:build slow

package fold

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryByteOfAProofMatters changes all of them.
func TestEveryByteOfAProofMatters(t *testing.T) {
	k, data := readProof(t, proofOf(t))
	for at := range data {
		require.Error(t, flipped(k, data, at, at%8), "byte %d", at)
	}
}

// TestProofsOfOtherSeeds: a run and its fork, settled from other seeds, have proofs of one
// length that share no scalar and no point beyond the statement and the points of claims;
// a longer run's proof is longer by its tokens alone, and its store can be extended.
func TestProofsOfOtherSeeds(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	_, data := readProof(t, proofOf(t))
	fork, out := filepath.Join(dir, "fork"), filepath.Join(dir, "proof")
	require.NoError(t, Fork(finishedStore(t), fork, ForkOptions{}))
	_, err := Compress(ctx, fork, CompressOptions{Out: out, Label: "a trial"}, nil)
	require.NoError(t, err)
	k, other := readProof(t, out)
	require.Len(t, other, len(data))
	a, err := decodeProof(k, data)
	require.NoError(t, err)
	b, err := decodeProof(k, other)
	require.NoError(t, err)
	seen := map[[32]byte]bool{}
	each := func(p *compressed, f func([32]byte)) {
		q := *p
		for i := range q.claims {
			q.claims[i].Point = nil
		}
		c := &proofCoder{}
		q.proofBody.code(c)
		all := append(c.data[8:], q.snark.Encode()...)
		for ; len(all) >= 32; all = all[32:] {
			f([32]byte(all))
		}
		require.Empty(t, all)
	}
	each(a, func(e [32]byte) { seen[e] = true })
	shared := 0
	each(b, func(e [32]byte) {
		if seen[e] && e != [32]byte{} {
			shared++
		}
	})
	require.Zero(t, shared)

	_, err = Resume(ctx, fork, ResumeOptions{N: 4}, nil)
	require.NoError(t, err)
	longer := filepath.Join(dir, "longer")
	_, err = Compress(ctx, fork, CompressOptions{Out: longer, Label: "a trial"}, nil)
	require.NoError(t, err)
	_, third := readProof(t, longer)
	require.Len(t, third, len(data)+2*4)
}
