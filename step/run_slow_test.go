//go:build slow

package step

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit/committest"
	"fold.example/fold/llama"
	"fold.example/fold/llama/quantize"
	"fold.example/fold/llama/quantize/quantizetest"
	"fold.example/fold/step/weights"
)

// TestRunSizes proves runs token by token and in large passes, with one and two blocks in a
// step.
func TestRunSizes(t *testing.T) {
	for _, c := range []runCase{
		{"streaming", 0, 5, 3, PlanOptions{PassBits: 2, Blocks: 1}},
		{"streaming, two blocks a step", 3, 3, 3, PlanOptions{PassBits: -1, Blocks: 2}},
		{"batch", 0, 4, 4, PlanOptions{PassBits: -1, Blocks: 2, Batch: true}},
		{"w16 saturating", 1, 2, 2, PlanOptions{PassBits: 0, Blocks: 1}},
	} {
		t.Run(c.name, c.prove)
	}
}

// bard imports one of the trained models; it is calibrated on random tokens.
func bard(t *testing.T, name string) *llama.Model {
	t.Helper()
	src := quantizetest.Embedded(t, name)
	windows := quantizetest.RandomWindows(rand.New(rand.NewPCG(61, 0)), 64, src.Config().Vocab)
	return quantizetest.Build(t, src, quantize.Options{Windows: windows})
}

// TestRunBard proves the trained models over a prompt and three chosen tokens.
func TestRunBard(t *testing.T) {
	for _, name := range []string{"bard", "bard-ternary"} {
		t.Run(name, func(t *testing.T) {
			r := &provenRun{model: bard(t, name), run: &Run{RunStatement: RunStatement{Prompt: []int{1, 20, 30, 40,
				50}}}}
			var err error
			r.key, err = committest.Key()
			require.NoError(t, err)
			c, weights, err := weights.CommitModel(context.Background(), r.key, r.model,
				weights.CommitOptions{SegmentBits: 16, Seed: committest.Seed})
			require.NoError(t, err)
			r.weights = weights
			r.plan, err = NewRunPlan(&c.Description, 5, 3, PlanOptions{PassBits: -1, Blocks: 2, KeyBits: 20})
			require.NoError(t, err)
			r.protocol, err = NewParams(c, r.plan.PositionBits, r.plan.Blocks, r.plan.Classes)
			require.NoError(t, err)
			r.prove(t)
			require.NoError(t, r.verify())
		})
	}
}
