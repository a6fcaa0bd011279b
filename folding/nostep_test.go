package folding

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
)

// A verifier without circuits accepts no run of no steps, whatever its hashes are: z_0 is
// tied to what was computed by step 0 alone.
func TestNoStepProvesNothing(t *testing.T) {
	p, s := counted(t, 2)
	v, in := NewVerifier(p.Digest(), p.width), s.Instances
	in.I, in.Fresh.X = 0, make([]fr.Element, 1)
	in.Z = in.First
	var err error
	in.Fresh.X[0], err = v.Public(&in)
	require.NoError(t, err)
	_, err = v.Finish(&in, s.First, s.Main.E)
	require.ErrorIs(t, err, ErrState)
	require.ErrorContains(t, err, "no step has been proven")
}
