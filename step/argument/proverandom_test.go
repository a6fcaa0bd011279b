package argument

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/relation/relationtest"
)

// proven proves, verifies and settles the steps of a pass.
func proven(t *testing.T, p llamatest.SmallPass) {
	t.Helper()
	rng := rand.New(rand.NewPCG(p.Seed, 0))
	m := llamatest.RandomModel(t, rng, p.Config, p.Scheme, p.Loud)
	r := newRun(t, relationtest.NewPass(t, rng, m, m.Config.Layers, p.Start, p.Bits))
	for i, witness := range []func() *relation.Witness{
		func() *relation.Witness { return r.Embed(t) },
		func() *relation.Witness { return r.Blocks(t, 0) },
		func() *relation.Witness { return r.Head(t) },
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
		proven(t, rapid.Custom(llamatest.GenPass).Example(i))
	}
}
