package step

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold/llama"
)

// proveKinds proves steps of some kinds of a pass through a model, and compares what is
// claimed of the weights with the model.
func proveKinds(t testing.TB, m *llama.Model, kinds ...Kind) {
	t.Helper()
	r := newRun(t, newWide(t, rand.New(rand.NewPCG(75, 76)), m, 2, 1, 1))
	for kind, witness := range []func() *Witness{
		func() *Witness { return r.embed(t) },
		func() *Witness { return r.blocks(t, 0) },
		func() *Witness { return r.head(t) },
	} {
		w := witness()
		if !slices.Contains(kinds, Kind(kind)) {
			continue
		}
		a, statement, proof := r.prove(t, w, 0)
		result, err := a.Verify(statement, proof)
		require.NoError(t, err, "%s", Kind(kind))
		deferred, err := a.Deferred(r.g.Start, r.g.Bits, &result.Weights)
		require.NoError(t, err)
		for _, d := range deferred {
			require.Equal(t, evalWeight(t, m, r.shape, 0, d.Name, d.Point), d.Value, "%s: the claim on %s", Kind(kind), d.Name)
		}
	}
}

// TestVanishingTensors: with any tensor or table of zeros the steps that read it are
// proven, and what they claim of the other weights is true.
func TestVanishingTensors(t *testing.T) {
	m := unchanged.model(t, smallConfig, llama.W16)
	for _, x := range settables(m) {
		kinds := []Kind{Block}
		switch x.name {
		case "embedding":
			kinds = []Kind{Embed, Block, Head}
		case "head":
			kinds = []Kind{Head}
		}
		v := x.vanish(0, x.rows, false)
		t.Run(v.name, func(t *testing.T) { proveKinds(t, v.model(t, smallConfig, llama.W16), kinds...) })
	}
	for _, v := range tablesVanish() {
		if !strings.Contains(v.name, "unit") {
			t.Run(v.name, func(t *testing.T) { proveKinds(t, v.model(t, smallConfig, llama.W16), Block) })
		}
	}
}

// TestSkippedZeros: a prover skips tensors of zeros. One that does not makes the same
// proof, to the bit.
func TestSkippedZeros(t *testing.T) {
	m := unchanged.model(t, smallConfig, llama.W16)
	q := settables(m)[slices.IndexFunc(settables(m), func(x settable) bool { return x.name == "0.q" })]
	for _, v := range []vanishing{q.vanish(0, q.rows, false), everything(m, true)} {
		r := newRun(t, newWide(t, rand.New(rand.NewPCG(75, 76)), v.model(t, smallConfig, llama.W16), 0, 1, 2))
		r.secrets.Blind = func(name string, _ [32]byte) fr.Element { return fr.NewElement(uint64(len(name))) }
		r.embed(t)
		w := r.blocks(t, 0)
		before := r.secrets
		for i := range before.Running {
			before.Running[i].Values = slices.Clone(before.Running[i].Values)
		}
		a, s, proof := r.prove(t, w, 0)

		whole := &Proof{}
		p, err := r.prover.prepare(a, s, w, NewModelView(r.model, r.shape, 0), &whole.Messages)
		require.NoError(t, err)
		require.Contains(t, p.zero, true)
		clear(p.zero)
		_, _, err = p.prove(s, whole, &before)
		require.NoError(t, err)
		require.Equal(t, proof, whole, v.name)
		require.Equal(t, r.secrets.Running, before.Running, v.name)
	}
}
