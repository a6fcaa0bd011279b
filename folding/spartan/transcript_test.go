package spartan

import (
	"errors"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/frontend"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/internal/transcript/transcripttest"
	"fold.example/fold/r1cs/gadget"
)

// TestInventory lists the transcript of a proof: the statement, the main instance, mercury's opening, the cycle
// instance, and the opening on Grumpkin. The prover has the verifier's list, and the circuit of the main
// instance the part up to mercury.
func TestInventory(t *testing.T) {
	w := tiny(t)
	p := w.prove(t, 1)
	k := w.key.Verifier()
	verifier, err := transcripttest.Record(domain, func(tr *transcript.Native) error {
		w.s.absorb(tr, k.digest)
		return errors.Join(k.verifyMain(tr, &w.s, p), k.verifyCycle(tr, &w.s, p))
	})
	require.NoError(t, err)
	prover, err := transcripttest.Record(domain, func(tr *transcript.Native) error {
		w.s.absorb(tr, k.digest)
		proof := new(Proof)
		return errors.Join(w.key.proveMain(t.Context(), tr, &w.s, &w.secret, proof, seeded(1)),
			w.key.proveCycle(t.Context(), tr, &w.s, &w.secret, proof, seeded(2)))
	})
	require.NoError(t, err)
	require.True(t, transcripttest.SameItems(verifier, prover))

	main := newVerifierCircuit(w, p)
	_, err = gadget.Compile[fr.Element](main, frontend.IgnoreUnconstrainedInputs())
	require.NoError(t, err)
	rest := verifier[len(main.record):]
	require.True(t, transcripttest.SameItems(verifier[:len(main.record)], main.record))
	require.Equal(t, "mercury key", rest[0].Text)

	transcripttest.Golden(t, "transcript.txt", "One claim of one variable; prover and verifier alike, the main "+
		"instance also as a circuit:\n\n"+transcripttest.Inventory(t, verifier, slices.Concat(
		[]string{"r, tau", "coordinate of rx", "rho", "alpha, beta", "sigma, omega", "t, lambda"},
		[]string{"coordinate of s", "kappa"},
		[]string{"mercury's rho", "alpha", "gamma", "zeta", "beta", "x", "weight"},
		[]string{"r, tau, 126 bits each", "coordinate of rx", "rho, t, lambda", "coordinate of s"},
		[]string{"ipa's rho, xi", "x of the round", "c"})...))
}
