package recursion_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/folding"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/commit/committest"
	"fold.example/fold/internal/prf"
	"fold.example/fold/internal/recursion"
	"fold.example/fold/llama"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step"
	"fold.example/fold/step/weights"
)

// biasedQKV is a LLaMA with biases of q, k and v, as Qwen2 has them, and with a second table
// of a product, by which the values are max(x, 0).
func biasedQKV() *llama.Architecture {
	a := llama.LLaMA()
	a.Name = "biased qkv"
	for i, of := range []llama.Kind{llama.Q, llama.K, llama.V} {
		w := a.Weight(of)
		a.Block = append(a.Block, llama.Weight{
			Kind: llama.Down + 1 + llama.Kind(i), Name: w.Name + " bias", Symbol: w.Symbol + "Bias",
			Cols: w.Rows, BiasOf: of,
		})
	}
	a.Tables = append(a.Tables, llama.Table{
		Name: "RELU", Symbol: "relu", Rows: llama.Entry, SignedInput: true, Of: llama.V,
		Function: func(x float64) float64 { return max(x, 0) },
		Rule: func(llama.Config, llama.Scales) llama.TableRule {
			return func(row, _ int) float64 { return float64(max(int16(row), 0)) }
		},
		Entries: func(t *llama.Tables) *[]int16 { return &t.Further[0] },
	})
	return a
}

// architectureRun is a run of a small random model of another architecture.
type architectureRun struct {
	t        *testing.T
	model    *llama.Model
	key      *commit.Key
	blinds   prf.Seed
	plan     *step.RunPlan
	protocol *step.Params
	prompt   []int
}

// newArchitectureRun commits to the model and reads the commitment back.
func newArchitectureRun(t *testing.T, a *llama.Architecture) *architectureRun {
	c := llama.Config{Dim: 6, Hidden: 5, Layers: 1, Heads: 2, KVHeads: 1, HeadDim: 4}
	rng := rand.New(rand.NewPCG(71, 72))
	m := llamatest.RandomModel(t, rng, llamatest.WithVocab(c).WithArchitecture(a), llama.W8, false)
	r := &architectureRun{t: t, model: m, prompt: []int{rng.IntN(m.Config.Vocab)}}
	var err error
	r.key, err = committest.Key()
	require.NoError(t, err)
	commitment, blinds, err := weights.CommitModel(t.Context(), r.key, m,
		weights.CommitOptions{SegmentBits: 16, Seed: committest.Seed})
	require.NoError(t, err)
	data, err := commitment.Encode()
	require.NoError(t, err)
	read, err := weights.DecodeModelCommitment(data, a)
	require.NoError(t, err)
	r.blinds = blinds
	r.plan, err = step.NewRunPlan(&read.Description, len(r.prompt), 1, step.PlanOptions{Blocks: 1, KeyBits: 20})
	require.NoError(t, err)
	r.protocol, err = step.NewParams(read, r.plan.PositionBits, r.plan.Blocks, r.plan.Classes)
	require.NoError(t, err)
	return r
}

// prove proves the run's steps and folds each into the recursion. It returns all tokens.
func (r *architectureRun) prove(ctx context.Context, rec *recursion.Recursion, q *step.RunProver) []int {
	q.InContext(rec.Context)
	all, err := step.ProveRun(ctx, q, r.prompt, r.plan, func(p *step.Proven) error {
		return rec.Add(p.Step, committest.Seed)
	})
	require.NoError(r.t, err)
	return all
}

// settle folds the steps of the settlement.
func (r *architectureRun) settle(ctx context.Context, rec *recursion.Recursion, q *step.RunProver) *step.SettlementRun {
	at := rec.State.I
	q.InContext(func(z []fr.Element) fr.Element { return folding.Context(rec.Digest(), at, z) })
	s, err := q.Settlement(r.blinds)
	require.NoError(r.t, err)
	for ; ; at++ {
		w, err := rec.Function.SettleNext(ctx, s)
		require.NoError(r.t, err)
		if w == nil {
			return s
		}
		require.NoError(r.t, rec.Fold(w, committest.Seed))
	}
}

// TestAnotherArchitecture: an architecture is data. That of this file is committed to, run,
// proven, folded and settled, and no package names its biases or its table. The recursion's
// circuit has the verifier of its steps, and the last state is the one that a verifier
// computes from the statement.
func TestAnotherArchitecture(t *testing.T) {
	r, ctx := newArchitectureRun(t, biasedQKV()), t.Context()
	rec, err := recursion.New(ctx, r.protocol, r.key, len(r.prompt))
	require.NoError(t, err)
	q, err := step.NewRunProver(r.protocol, r.key, r.model, committest.Seed, len(r.prompt))
	require.NoError(t, err)
	all := r.prove(ctx, rec, q)
	next, err := r.model.NewSession().Next(r.prompt)
	require.NoError(t, err)
	require.Equal(t, append(r.prompt, next), all)
	require.NoError(t, rec.VerifyState())

	s := r.settle(ctx, rec, q)
	require.NoError(t, rec.VerifyState())
	var passes []int
	for _, p := range r.plan.Passes {
		passes = append(passes, p.Bits)
	}
	last, err := r.protocol.LastState(&step.RunStatement{Prompt: r.prompt, Output: all[len(r.prompt):]},
		s.Salts(), passes, s.Claims())
	require.NoError(t, err)
	require.Equal(t, last, rec.State.Z)

	plain := newArchitectureRun(t, nil)
	require.NotEqual(t, plain.protocol.ID.ID, r.protocol.ID.ID)
	other, err := recursion.Compile(ctx, plain.protocol)
	require.NoError(t, err)
	params, err := folding.NewParams(other.Circuits, r.key, other.Key)
	require.NoError(t, err)
	require.NotEqual(t, params.Digest(), rec.Digest())
}
