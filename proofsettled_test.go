package fold

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/checkpoint"
	"fold.example/fold/folding"
	"fold.example/fold/internal/recursion"
	"fold.example/fold/internal/run"
	"fold.example/fold/proof"
	"fold.example/fold/step"
)

// TestUnsettledRunsHaveNoProof: a settlement that is cut short anywhere ends in a state
// that no verifier computes. A settlement cannot start again, or continue after its end.
func TestUnsettledRunsHaveNoProof(t *testing.T) {
	ctx := context.Background()
	s, err := checkpoint.Open(copyStore(t, finishedStore(t), filepath.Join(t.TempDir(), "s")))
	require.NoError(t, err)
	defer s.Close()
	r, err := run.NewResumption(ctx, s, ResumeOptions{}, true, nil)
	require.NoError(t, err)
	defer r.Model.Close()
	require.NoError(t, r.Start(ctx))
	k, err := ReadVerifierKey(proofOf(t) + ".vk")
	require.NoError(t, err)
	at := r.Recursion.State.I
	r.StepProver.InContext(func(z []fr.Element) fr.Element { return folding.Context(r.Recursion.Digest(), at, z) })
	q, err := r.StepProver.Settlement(r.Weights)
	require.NoError(t, err)

	f, err := r.Recursion.Finish(r.Recursion.State, step.RecursionBlinds(r.Secret))
	require.NoError(t, err)
	expected := func() *proof.Proof {
		h, err := (&run.Compression{Prover: r}).Stated(q.Salts())
		require.NoError(t, err)
		h.Bind(k)
		return &proof.Proof{Statement: *h, Body: recursion.BodyOf(k, f, q.Claims())}
	}
	in, err := k.Instances(expected(), r.Protocol.ID.ID)
	require.NoError(t, err)
	require.NotEqual(t, f.Fresh.X, in.Fresh.X, "the public input of the last step says which state it is")
	require.NotEqual(t, f.Z, in.Z)
	steps := q.Steps()
	for n := 1; ; n++ {
		w, err := r.Recursion.Function.SettleNext(ctx, q)
		require.NoError(t, err)
		if w == nil {
			require.Equal(t, steps+1, n)
			break
		}
		at++
		in, err := k.Instances(expected(), r.Protocol.ID.ID)
		require.NoError(t, err)
		require.Equal(t, n == steps, slices.Equal(w.Z, in.Z), "step %d", n)
	}
	_, err = r.StepProver.Settlement(r.Weights)
	require.ErrorContains(t, err, "settled")
}
