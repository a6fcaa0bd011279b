package fold

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/folding"
	"fold.example/fold/internal/keyfile"
	"fold.example/fold/internal/recursion"
	"fold.example/fold/llama"
	"fold.example/fold/llama/synthetic"
	"fold.example/fold/proof"
	"fold.example/fold/step"
	"fold.example/fold/step/weights"
)

// hiddenLength returns the length of proofs under a key that reveal nothing and have no
// label.
func hiddenLength(k *VerifierKey) int {
	p := &proof.Proof{Statement: proof.Statement{Mode: HideAll, Prompt: proof.Part{N: 1}, Output: proof.Part{N: 1}},
		Body: k.BlankBody()}
	return len(p.EncodeStatement()) + k.SNARK().Size(p.SpartanClaims())
}

// keyOfRun returns the verification key of a run in steps of two blocks, of a model of
// bard's widths with the given number of layers.
func keyOfRun(t *testing.T, layers, prompt, tokens int) *VerifierKey {
	ctx := context.Background()
	config, err := synthetic.Shape("bard")
	require.NoError(t, err)
	config.Layers, config.Context = layers, 512
	d := weights.Description{Config: config, Scheme: llama.W8, DownLimbs: 2, Scales: llama.Scales{Softmax: 32, Eps: 1}}
	plan, err := step.NewRunPlan(&d, prompt, tokens, step.PlanOptions{PassBits: -1, Blocks: 2, KeyBits: 20})
	require.NoError(t, err)
	o := &step.VerifierParams{
		Description: d, Layout: weights.Layout{ColumnBits: 7, SegmentBits: 20}, PositionBits: plan.PositionBits,
		Blocks: plan.Blocks, Classes: plan.Classes, Weights: 20,
	}
	p, err := o.Protocol()
	require.NoError(t, err)
	c, err := recursion.Compile(t.Context(), p)
	require.NoError(t, err)
	key, err := keyfile.Open(ctx, compressKey(t), recursion.KeyBits(c.Circuits, p.VerifierParams()), nil)
	require.NoError(t, err)
	params, err := folding.NewParams(c.Circuits, key, c.Key)
	require.NoError(t, err)
	k, err := recursion.NewProvingKey(t.Context(), params, p.VerifierParams(), key)
	require.NoError(t, err)
	return k.VerificationKey
}

// TestLengthOfProofs: the proof of 8 tokens of a model of 4 layers has the length of the proof of
// 256 tokens of a model of 30 layers. Both runs are planned as every run is; their circuits differ,
// above all in the room for positions.
func TestLengthOfProofs(t *testing.T) {
	small, large := keyOfRun(t, 4, 7, 8), keyOfRun(t, 30, 7, 256)
	require.NotEqual(t, small.Outline().PositionBits, large.Outline().PositionBits)
	require.NotEqual(t, small.Sum(), large.Sum())
	require.Equal(t, hiddenLength(small), hiddenLength(large))
	require.Less(t, hiddenLength(small), 12_000)
	t.Logf("%d bytes", hiddenLength(small))
}
