package evaltest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/internal/transcript/transcripttest"
)

// Inventory compares the list of the argument's messages and challenges, for a claim of n variables and one
// of fewer, with testdata/transcript.txt. The prover has the verifier's list. names are as in
// transcripttest.Inventory.
func (a *Argument[E, C, P]) Inventory(t *testing.T, n int, names ...string) {
	s := &statement[E, C, P]{z: a.vector(t, 3, n)}
	a.add(s, n, a.vector(t, 4, 1<<n), a.Curve.Int(5))
	a.add(s, n/2, a.vector(t, 5, 1<<(n/2)), a.Curve.Int(6))
	var proof commit.EvalProof
	prover, err := transcripttest.Record("evaltest", func(tr *transcript.Native) (err error) {
		proof, err = a.Prover.Open(tr, s.z, s.claims, s.witnesses, seeded(1))
		return err
	})
	require.NoError(t, err)
	verifier, err := transcripttest.Record("evaltest", func(tr *transcript.Native) error {
		return a.Verifier.Verify(tr, s.z, s.claims, proof)
	})
	require.NoError(t, err)
	require.True(t, transcripttest.SameItems(prover, verifier))
	transcripttest.Golden(t, "transcript.txt", "Two claims, the verifier:\n\n"+
		transcripttest.Inventory(t, verifier, names...))
}
