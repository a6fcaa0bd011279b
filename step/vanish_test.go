package step

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/commit/committest"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/prf"
	"fold.example/fold/llama"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// TestVanishingModels proves and settles runs of models of zeros, whose commitments are not
// blinded: all of them are infinity.
func TestVanishingModels(t *testing.T) {
	m := llamatest.Unchanged.Model(t, llamatest.SmallConfig, llama.W16)
	for _, v := range []llamatest.Vanishing{llamatest.Everything(m, false), llamatest.Everything(m, true)} {
		t.Run(v.Name, func(t *testing.T) { provenSteps(t, v.Model(t, llamatest.SmallConfig, llama.W16), nil) })
	}
}

// vanishingCase is a model with tensors, and rows of tensors, that are zero, or zero except
// for one unit.
type vanishingCase struct {
	shape, seed int
	parts       []vanishingPart // for the tensors, in turn
	tables      []bool
}

type vanishingPart struct {
	keep, unit bool
	from, rows int // modulo the tensor's number of rows
}

var vanishingCases = rapid.Custom(func(t *rapid.T) vanishingCase {
	part := rapid.Custom(func(t *rapid.T) vanishingPart {
		n := func(name string) int { return rapid.IntRange(0, 1<<10).Draw(t, name) }
		p := vanishingPart{rapid.Bool().Draw(t, "keep"), rapid.Bool().Draw(t, "unit"), 0, 1 << 10}
		if rapid.Bool().Draw(t, "some rows") {
			p.from, p.rows = n("from"), n("rows")
		}
		return p
	})
	return vanishingCase{
		rapid.IntRange(0, len(llamatest.Shapes)-1).Draw(t, "shape"), rapid.IntRange(0, 1<<20).Draw(t, "seed"),
		rapid.SliceOfN(part, 1, 20).Draw(t, "parts"), rapid.SliceOfN(rapid.Bool(), 8, 8).Draw(t, "tables"),
	}
})

// proven proves and settles a run of the model, committed without blinds or with them.
func (c vanishingCase) proven(t testing.TB) {
	t.Helper()
	s := llamatest.Shapes[c.shape]
	m := llamatest.RandomModel(t, rand.New(rand.NewPCG(77, uint64(c.seed))), llamatest.WithVocab(s.Config), s.Scheme,
		s.Loud)
	for i, x := range llamatest.Tensors(m) {
		if p := c.parts[i%len(c.parts)]; !p.keep {
			from := min(p.from, x.Rows-1)
			x.Vanish(from, min(from+1+p.rows, x.Rows), p.unit).Apply(m)
		}
	}
	for i, v := range llamatest.Tables() {
		if c.tables[i] {
			v.Apply(m)
		}
	}
	require.NoError(t, m.Validate())
	provenSteps(t, m, committest.Seed[:16*(c.seed%2)])
}

// TestVanishingRandom proves and settles runs of two such models. TestVanishingMore, with the
// tag slow, has more.
func TestVanishingRandom(t *testing.T) {
	for i := range 2 {
		vanishingCases.Example(i).proven(t)
	}
}

// TestVanishingFunction: the circuit of a step function accepts the steps of a run of a model
// of zeros and the steps of its settlement.
func TestVanishingFunction(t *testing.T) {
	ctx, circuit := context.Background(), functionOf(t)
	m := llamatest.Unchanged.Model(t, llamatest.WithVocab(llamatest.Shapes[0].Config), llamatest.Shapes[0].Scheme)
	m = llamatest.Everything(m, true).Model(t, m.Config, m.Scheme)
	r := provenRunOf(t, rand.New(rand.NewPCG(51, 0)), m, 2, 2, PlanOptions{PassBits: 1, Blocks: 1})
	require.Equal(t, circuit.f.Digest(), (&Function{p: r.protocol}).Digest(), "another circuit")
	q := r.prover(t)
	_, err := ProveRun(ctx, q, r.run.Prompt, r.plan, r.keep)
	require.NoError(t, err)
	g := r.protocol.Track(2)
	takes := func(what string, witness func() (*FunctionWitness, error)) {
		z, of := g.Elements(&g.State), g.context()
		w, err := witness()
		require.NoError(t, err, what)
		require.NoError(t, circuit.solves(t, of, z, w.Advice, w.Z), what)
	}
	for i := range r.run.Steps {
		takes(fmt.Sprint("step ", i), func() (*FunctionWitness, error) {
			return circuit.f.Witness(g, &r.run.Steps[i])
		})
	}
	settlement, err := q.Settlement(r.weights)
	require.NoError(t, err)
	for i := 0; ; i++ {
		s, done, err := settlement.Next(ctx)
		require.NoError(t, err)
		if done {
			break
		}
		takes(fmt.Sprint("step ", i, " of the settlement"), func() (*FunctionWitness, error) {
			return circuit.f.SettleWitness(g, s)
		})
	}
	require.Equal(t, relation.Settled, g.State.Phase)
}

// TestForgedVanishing: values that are multiplied by zeros are claimed like all others. For a
// model without queries and keys, a prover with another table of cosines makes the same
// passes, and every step is accepted. Its claims on the table cannot be settled.
func TestForgedVanishing(t *testing.T) {
	ctx, m := context.Background(), llamatest.Unchanged.Model(t, llamatest.SmallConfig, llama.W16)
	for _, x := range llamatest.Tensors(m) {
		if x.Name == "0.q" || x.Name == "0.k" {
			x.Vanish(0, x.Rows, false).Apply(m)
		}
	}
	r := provenRunOf(t, rand.New(rand.NewPCG(73, 74)), m, 2, 1, PlanOptions{PassBits: 1, Blocks: 1})
	forged := *m
	forged.Tables.Cos = make([]int16, len(m.Tables.Cos))
	r.model = &forged
	r.proven = r.prover(t)
	_, err := ProveRun(ctx, r.proven, r.run.Prompt, r.plan, r.keep)
	require.NoError(t, err)
	f := r.protocol.Track(len(r.run.Prompt))
	for i := range r.run.Steps {
		require.NoError(t, f.Verify(&r.run.Steps[i]))
	}
	require.ErrorIs(t, r.protocol.CheckClaims(ctx, m, &f.Log, f.State.Claims), ErrClaims)
	require.NoError(t, r.protocol.CheckClaims(ctx, &forged, &f.Log, f.State.Claims), "they are true of what was run")
	require.ErrorContains(t, r.settleFrom(f.clone(), m), "claimed values")
	require.ErrorContains(t, r.settleFrom(f, &forged), "the claim on the weights")
}

// provenSteps proves the steps of a run of a model with many zeros, verifies them, checks
// their claims against the weights, settles them, and compares the running claims with the
// running polynomials.
func provenSteps(t testing.TB, m *llama.Model, seed prf.Seed) *provenRun {
	t.Helper()
	ctx := context.Background()
	r := provenRunOf(t, rand.New(rand.NewPCG(73, 74)), m, 2, 1, PlanOptions{PassBits: 1, Blocks: 1})
	c, weights, err := weights.CommitModel(ctx, r.key, m,
		weights.CommitOptions{SegmentBits: committest.SegmentBits, Seed: seed})
	require.NoError(t, err)
	r.weights = weights
	r.protocol, err = NewParams(c, r.plan.PositionBits, r.plan.Blocks, r.plan.Classes)
	require.NoError(t, err)
	q := r.prover(t)
	_, err = ProveRun(ctx, q, r.run.Prompt, r.plan, r.keep)
	require.NoError(t, err)
	f := r.protocol.Track(len(r.run.Prompt))
	for i := range r.run.Steps {
		require.NoError(t, f.Verify(&r.run.Steps[i]), "step %d", i)
	}
	polys := q.polynomials()
	for i, o := range f.State.open() {
		require.Equal(t, o.Commitment, committest.Commit(t, r.key, polys[i].Values, polys[i].Blind),
			"running claim %d", i)
		require.Equal(t, o.Value, poly.Eval(polys[i].Values, o.Point), "running claim %d", i)
	}
	r.proven = q
	require.NoError(t, r.protocol.CheckClaims(ctx, m, &f.Log, f.State.Claims))
	require.NoError(t, r.settleFrom(f, m))
	return r
}
