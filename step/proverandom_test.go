package step

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// proven proves, verifies and settles the steps of a pass.
func proven(t *testing.T, p smallPass) {
	t.Helper()
	rng := rand.New(rand.NewPCG(p.seed, 0))
	m := randomModel(t, rng, p.config, p.scheme, p.loud)
	r := newRun(t, newPass(t, rng, m, m.Config.Layers, p.start, p.bits))
	for i, witness := range []func() *Witness{
		func() *Witness { return r.embed(t) },
		func() *Witness { return r.blocks(t, 0) },
		func() *Witness { return r.head(t) },
	} {
		a, statement, proof := r.prove(t, witness(), 0)
		result, err := a.Verify(statement, proof)
		require.NoError(t, err, "step %d of %+v", i, p)
		r.settle(t, result, 0)
	}
}

// TestProveRandom proves passes through random small models; TestProveMore, with
// the tag slow, more of them.
func TestProveRandom(t *testing.T) {
	for i := range 2 {
		proven(t, rapid.Custom(genPass).Example(i))
	}
}
