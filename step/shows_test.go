package step

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/commit/committest"
	"fold.example/fold/llama"
	"fold.example/fold/llama/synthetic"
	"fold.example/fold/step/weights"
)

// oddModel returns a model with no size that is a power of two: three heads for each key head,
// queries wider than the residual stream, and a vocabulary between two powers.
func oddModel(t testing.TB) *llama.Model {
	t.Helper()
	c := llama.Config{Dim: 96, Hidden: 200, Layers: 2, Heads: 9, KVHeads: 3, HeadDim: 24, Vocab: 300, Context: 160,
		RMSEps: 1e-5}
	c.Rope.Theta = 10000
	m, err := synthetic.Model(c, c.Layers, c.Vocab, 7)
	require.NoError(t, err)
	require.Greater(t, c.QDim(), c.Dim)
	return m
}

// shown proves a run of a model over a prompt and n chosen tokens, whose first pass has 2^bits
// tokens, and verifies it natively. Steps of small passes have all blocks.
func shown(t *testing.T, key *commit.Key, m *llama.Model, bits, keyBits, n int) {
	t.Helper()
	r := &provenRun{key: key, model: m, run: &Run{}}
	c, weights, err := weights.CommitModel(context.Background(), key, m,
		weights.CommitOptions{SegmentBits: 16, Seed: committest.Seed})
	require.NoError(t, err)
	r.weights = weights
	p, blocks := 1<<bits, m.Config.Layers
	if bits > 5 {
		blocks = 1
	}
	r.plan, err = NewRunPlan(&c.Description, p, n, PlanOptions{PassBits: bits, Blocks: blocks, KeyBits: keyBits})
	require.NoError(t, err)
	require.Equal(t, PassSize{0, bits}, r.plan.Passes[0], "the key is too small for a pass of that size")
	require.Len(t, r.plan.Passes, n)
	r.protocol, err = NewParams(c, r.plan.PositionBits, r.plan.Blocks, r.plan.Classes)
	require.NoError(t, err)
	for i := range p {
		r.run.Prompt = append(r.run.Prompt, (17*i*i+5*i+1)%m.Config.Vocab)
	}
	r.prove(t)
	require.NoError(t, r.verify())
	all, err := generate(m, r.run.Prompt, n)
	require.NoError(t, err)
	require.Equal(t, all[p:], r.run.Output)
}

// TestShowOdd proves the odd model over four tokens at once and one generated token.
// TestShows, with the tag slow, proves every size of a pass.
func TestShowOdd(t *testing.T) {
	key, err := committest.Key()
	require.NoError(t, err)
	shown(t, key, oddModel(t), 2, 20, 2)
}
