//go:build slow

package fold

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/host"
	"fold.example/fold/internal/kernel"
	"fold.example/fold/llama"
)

// vanishes sets 16-bit matrices to zero or, with unit, to a single 1 and zeros.
func vanishes(unit bool, all ...llama.Linear) {
	for _, l := range all {
		w := l.Matrix.(*kernel.W16)
		clear(w.Data)
		if unit {
			w.Data[len(w.Data)/2] = 1
		}
	}
}

// TestVanishingModelsCompress: runs of models with values that vanish are proven, folded,
// settled and compressed like any others, under the same verification key as all models of
// their description.
func TestVanishingModelsCompress(t *testing.T) {
	layer := func(m *llama.Model) *llama.Layer { return &m.Layers[0] }
	tables := func(m *llama.Model) { clear(m.Tables.Cos); clear(m.Tables.Sin); clear(m.Tables.Silu) }
	everything := func(m *llama.Model) {
		clear(m.Embedding)
		for i := range m.Layers {
			for _, n := range m.Layers[i].Linears() {
				vanishes(false, *n.Linear)
			}
		}
		vanishes(false, m.Head)
	}
	var digest string
	for _, c := range []struct {
		name  string
		apply func(m *llama.Model)
	}{
		{"v_proj zero", func(m *llama.Model) { vanishes(false, layer(m).V) }},
		{"q_proj and k_proj zero", func(m *llama.Model) { vanishes(false, layer(m).Q, layer(m).K) }},
		{"q_proj, k_proj and v_proj one unit", func(m *llama.Model) {
			vanishes(true, layer(m).Q, layer(m).K,
				layer(m).V)
		}},
		{"embedding zero", func(m *llama.Model) { clear(m.Embedding) }},
		{"rows of the embedding zero", func(m *llama.Model) { clear(m.Embedding[:100*m.Config.Dim]) }},
		{"head zero", func(m *llama.Model) { vanishes(false, m.Head) }},
		{"norms zero, merged into what follows", func(m *llama.Model) {
			vanishes(false, layer(m).Q, layer(m).K, layer(m).V, layer(m).Gate, layer(m).Up, m.Head)
		}},
		{"a layer zero", func(m *llama.Model) {
			for _, n := range layer(m).Linears() {
				vanishes(false, *n.Linear)
			}
		}},
		{"everything zero", everything},
		{"everything and the tables zero", func(m *llama.Model) { everything(m); tables(m) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := host.CPUTime()
			m := randomModel(t, 2, 1)
			c.apply(m)
			require.NoError(t, m.Validate())
			proof, model := filepath.Join(t.TempDir(), "proof"), writtenModel(t, m)
			store, ctx := filepath.Join(t.TempDir(), "run"), context.Background()
			opts := ProveOptions{Model: model, Key: compressKey(t), Store: store, Prompt: "A", N: 1, Blocks: 1, Pass: 1}
			_, err := Prove(ctx, opts, nil)
			require.NoError(t, err)
			_, err = Compress(ctx, store, CompressOptions{Out: proof}, nil)
			require.NoError(t, err)
			k, _ := readProof(t, proof)
			if digest == "" {
				digest = k.Digest()
			}
			require.Equal(t, digest, k.Digest(), "another verification key")
			s, err := Verify(ctx, proof, VerifyOptions{AllowDevelopmentKey: true, Model: model, KeyDigest: digest}, nil)
			require.NoError(t, err)
			require.Len(t, s.OutputIDs, 1)
			t.Logf("%.0f core-seconds", (host.CPUTime() - start).Seconds())
		})
	}
}
