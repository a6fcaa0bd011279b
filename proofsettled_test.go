package fold

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold/checkpoint"
	"fold/folding"
	"fold/step"
)

// TestUnsettledRunsHaveNoProof: wherever the settlement is cut short, the state is none
// that a verifier computes; and it does not begin again, nor go on after its end.
func TestUnsettledRunsHaveNoProof(t *testing.T) {
	proofOf(t)
	ctx := context.Background()
	s, err := checkpoint.Open(copyStore(t, finishedStore(t), filepath.Join(t.TempDir(), "s")))
	require.NoError(t, err)
	defer s.Close()
	r, err := newResumption(ctx, s, ResumeOptions{}, true, nil)
	require.NoError(t, err)
	defer r.model.Close()
	require.NoError(t, r.start(ctx))
	k, err := ReadVerifierKey(proofOf(t) + ".vk")
	require.NoError(t, err)
	at := r.recursion.state.I
	r.prover.InContext(func(z []fr.Element) fr.Element { return folding.Context(r.recursion.Digest(), at, z) })
	q, err := r.prover.Settlement(ctx, r.weights)
	require.NoError(t, err)

	f, err := r.recursion.Finish(r.recursion.state, step.RecursionBlinds(r.seed))
	require.NoError(t, err)
	expected := func() *compressed {
		h, err := (&compression{runner: r}).stated(q.Salts())
		require.NoError(t, err)
		h.bind(k)
		return &compressed{proofHead: *h, proofBody: bodyOf(k, f, q.Claims())}
	}
	in, err := k.instances(expected(), r.protocol.ID.ID)
	require.NoError(t, err)
	require.NotEqual(t, f.Fresh.X, in.Fresh.X, "the public input of the last step says which state it is")
	require.NotEqual(t, f.Z, in.Z)
	steps := q.Steps()
	for n := 1; ; n++ {
		w, err := r.recursion.function.SettleNext(ctx, q)
		require.NoError(t, err)
		if w == nil {
			require.Equal(t, steps+1, n)
			break
		}
		at++
		in, err := k.instances(expected(), r.protocol.ID.ID)
		require.NoError(t, err)
		require.Equal(t, n == steps, slices.Equal(w.Z, in.Z), "step %d", n)
	}
	_, err = r.prover.Settlement(ctx, r.weights)
	require.ErrorContains(t, err, "settled")
}
