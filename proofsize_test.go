package fold

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"fold/folding"
	"fold/llama"
	"fold/llama/synthetic"
	"fold/step"
)

// hiddenLength is the length of the proofs under a key that show nothing and have no label.
func hiddenLength(k *VerifierKey) int {
	p := &compressed{proofHead: proofHead{mode: HideAll, prompt: tokenPart{n: 1}, output: tokenPart{n: 1}}, proofBody: k.blankBody()}
	return len(p.encodeStatement()) + k.snark.Size(p.spartanClaims())
}

// keyOfRun is the verification key of a run, in steps of two blocks, of a model of bard's
// widths with so many layers.
func keyOfRun(t *testing.T, layers, prompt, tokens int) *VerifierKey {
	ctx := context.Background()
	config, err := synthetic.Shape("bard")
	require.NoError(t, err)
	config.Layers, config.Context = layers, 512
	d := step.Description{Config: config, Scheme: llama.W8, DownLimbs: 2, Scales: llama.Scales{Softmax: 32}}
	plan, err := step.NewRunPlan(&d, prompt, tokens, step.PlanOptions{PassBits: -1, Blocks: 2, KeyBits: 20})
	require.NoError(t, err)
	o := &step.Outline{
		Description: d, Layout: step.Layout{ColumnBits: 7, SegmentBits: 20}, PositionBits: plan.PositionBits,
		Blocks: plan.Blocks, Classes: plan.Classes, Weights: 20,
	}
	p, err := o.Protocol()
	require.NoError(t, err)
	c, err := compile(t.Context(), p)
	require.NoError(t, err)
	key, err := openKey(ctx, compressKey(t), compressBits(c.circuits, p.Outline()), nil)
	require.NoError(t, err)
	params, err := folding.NewParams(c.circuits, key, c.key)
	require.NoError(t, err)
	k, err := newProverKey(t.Context(), params, p.Outline(), key)
	require.NoError(t, err)
	return k.VerifierKey
}

// TestLengthOfProofs: 8 tokens of a model of 4 layers and 256 of one of 30 have proofs of
// one length. Both are planned as every run is. What is left of their differences, the
// room for positions above all, makes other circuits.
func TestLengthOfProofs(t *testing.T) {
	small, large := keyOfRun(t, 4, 7, 8), keyOfRun(t, 30, 7, 256)
	require.NotEqual(t, small.outline.PositionBits, large.outline.PositionBits)
	require.NotEqual(t, small.digest, large.digest)
	require.Equal(t, hiddenLength(small), hiddenLength(large))
	require.Less(t, hiddenLength(small), 12_000)
	t.Logf("%d bytes", hiddenLength(small))
}
