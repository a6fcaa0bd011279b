package argument

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/llama"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/relation/relationtest"
)

// proveKinds proves steps of some kinds of a pass through a model, and compares what is
// claimed of the weights with the model.
func proveKinds(t testing.TB, m *llama.Model, kinds ...relation.Kind) {
	t.Helper()
	r := newRun(t, relationtest.NewWide(t, rand.New(rand.NewPCG(75, 76)), m, 2, 1, 1))
	for kind, witness := range []func() *relation.Witness{
		func() *relation.Witness { return r.Embed(t) },
		func() *relation.Witness { return r.Blocks(t, 0) },
		func() *relation.Witness { return r.Head(t) },
	} {
		w := witness()
		if !slices.Contains(kinds, relation.Kind(kind)) {
			continue
		}
		a, statement, proof := r.prove(t, w, 0)
		result, err := a.Verify(statement, proof)
		require.NoError(t, err, "%s", relation.Kind(kind))
		deferred, err := a.Deferred(r.G.Start, r.G.Bits, &result.Weights)
		require.NoError(t, err)
		for _, d := range deferred {
			require.Equal(t, relationtest.EvalWeight(t, m, r.Shape, 0, d.Name, d.Point), d.Value, "%s: the claim on %s",
				relation.Kind(kind), d.Name)
		}
	}
}

// TestVanishingTensors: with any tensor or table of zeros the steps that read it are
// proven, and what they claim of the other weights is true.
func TestVanishingTensors(t *testing.T) {
	m := llamatest.Unchanged.Model(t, llamatest.SmallConfig, llama.W16)
	for _, x := range llamatest.Tensors(m) {
		kinds := []relation.Kind{relation.Block}
		switch x.Name {
		case "embedding":
			kinds = []relation.Kind{relation.Embed, relation.Block, relation.Head}
		case "head":
			kinds = []relation.Kind{relation.Head}
		}
		v := x.Vanish(0, x.Rows, false)
		t.Run(v.Name, func(t *testing.T) { proveKinds(t, v.Model(t, llamatest.SmallConfig, llama.W16), kinds...) })
	}
	for _, v := range llamatest.Tables() {
		if !strings.Contains(v.Name, "unit") {
			t.Run(v.Name, func(t *testing.T) {
				proveKinds(t, v.Model(t, llamatest.SmallConfig, llama.W16),
					relation.Block)
			})
		}
	}
}

// TestSkippedZeros: a prover skips tensors of zeros. One that does not makes the same
// proof, to the bit.
func TestSkippedZeros(t *testing.T) {
	m := llamatest.Unchanged.Model(t, llamatest.SmallConfig, llama.W16)
	q := llamatest.Tensors(m)[slices.IndexFunc(llamatest.Tensors(m),
		func(x llamatest.Tensor) bool { return x.Name == "0.q" })]
	for _, v := range []llamatest.Vanishing{q.Vanish(0, q.Rows, false), llamatest.Everything(m, true)} {
		r := newRun(t, relationtest.NewWide(t, rand.New(rand.NewPCG(75, 76)), v.Model(t, llamatest.SmallConfig,
			llama.W16), 0, 1, 2))
		r.secrets.Blind = func(name string, _ [32]byte) fr.Element { return fr.NewElement(uint64(len(name))) }
		r.Embed(t)
		w := r.Blocks(t, 0)
		before := r.secrets
		for i := range before.Running {
			before.Running[i].Values = slices.Clone(before.Running[i].Values)
		}
		a, s, proof := r.prove(t, w, 0)

		whole := &Proof{}
		p, err := r.prover.prepare(a, s, w, relation.NewModelView(r.Model, r.Shape, 0), &whole.Messages)
		require.NoError(t, err)
		require.Contains(t, p.zero, true)
		clear(p.zero)
		_, _, err = p.prove(s, whole, &before)
		require.NoError(t, err)
		require.Equal(t, proof, whole, v.Name)
		require.Equal(t, r.secrets.Running, before.Running, v.Name)
	}
}
