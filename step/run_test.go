package step

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/commit/committest"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/prf"
	"fold.example/fold/llama"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// provenRun is a run of a small model with the data of its verifier.
type provenRun struct {
	protocol *Params
	key      *commit.Key
	model    *llama.Model
	plan     *RunPlan
	run      *Run
	weights  prf.Seed   // seed of the blinding factors of the model's commitment
	proven   *RunProver // prover at the end of the run
}

// newProvenRun prepares a run over a random prompt of p tokens and n chosen ones.
func newProvenRun(t testing.TB, shape, p, n int, opt PlanOptions) *provenRun {
	t.Helper()
	rng := rand.New(rand.NewPCG(51, uint64(shape)))
	return provenRunOf(t, rng, llamatest.Small(t, rng, shape), p, n, opt)
}

// provenRunOf is newProvenRun with a model.
func provenRunOf(t testing.TB, rng *rand.Rand, m *llama.Model, p, n int, opt PlanOptions) *provenRun {
	t.Helper()
	r := &provenRun{model: m, run: &Run{}}
	var err error
	r.key, err = committest.Key()
	require.NoError(t, err)
	c, weights, err := weights.CommitModel(context.Background(), r.key, r.model,
		weights.CommitOptions{SegmentBits: 14, Seed: committest.Seed})
	require.NoError(t, err)
	r.weights, opt.KeyBits = weights, 20
	r.plan, err = NewRunPlan(&c.Description, p, n, opt)
	require.NoError(t, err)
	r.protocol, err = NewParams(c, r.plan.PositionBits, r.plan.Blocks, r.plan.Classes)
	require.NoError(t, err)
	for range p {
		r.run.Prompt = append(r.run.Prompt, rng.IntN(r.model.Config.Vocab))
	}
	return r
}

func (r *provenRun) prover(t testing.TB) *RunProver {
	t.Helper()
	q, err := NewRunProver(r.protocol, r.key, r.model, committest.Seed, len(r.run.Prompt))
	require.NoError(t, err)
	return q
}

// keep stores a step of a prover.
func (r *provenRun) keep(p *Proven) error {
	r.run.Steps = append(r.run.Steps, *p.Step)
	return nil
}

func (r *provenRun) prove(t testing.TB) {
	t.Helper()
	ctx := context.Background()
	q := r.prover(t)
	known := r.run.Prompt
	if r.plan.Batch {
		var err error
		known, err = generate(r.model, known, r.plan.Tokens-1)
		require.NoError(t, err)
	}
	all, err := ProveRun(ctx, q, known, r.plan, r.keep)
	require.NoError(t, err)
	r.run.Output, r.proven = all[len(r.run.Prompt):], q
}

// generate returns the prompt with n chosen tokens.
func generate(m *llama.Model, prompt []int, n int) ([]int, error) {
	s, all := m.NewSession(), slices.Clone(prompt)
	for more := prompt; n > 0; n-- {
		next, err := s.Next(more)
		if err != nil {
			return nil, err
		}
		all = append(all, next)
		more = all[len(all)-1:]
	}
	return all, nil
}

// pass proves the steps of a pass.
func (r *provenRun) pass(q *RunProver, tokens ...int) error {
	for first := true; first || q.State().Phase != relation.Embed; first = false {
		p, err := q.Prove(context.Background(), tokens)
		if err != nil {
			return err
		}
		if err := r.keep(p); err != nil {
			return err
		}
	}
	return nil
}

// verify verifies the steps one by one, in place of a recursion, and makes the owner's check.
func (r *provenRun) verify() error {
	f, err := VerifyRun(r.protocol, r.run)
	if err != nil {
		return err
	}
	if !bytes.Equal(f.EncodeState(&f.State), f.EncodeState(r.proven.State())) {
		return fmt.Errorf("%w: the steps lead elsewhere than the prover went", ErrRun)
	}
	ctx := context.Background()
	if err := r.protocol.CheckClaims(ctx, r.model, &f.Log, f.State.Claims); err != nil {
		return err
	}
	return r.proven.CheckRunning(ctx)
}

// runCase is a run that is proven and verified.
type runCase struct {
	name        string
	shape, p, n int
	opt         PlanOptions
}

// TestRun proves and verifies whole runs; TestRunForgeries has one more. The output is the
// model's.
func TestRun(t *testing.T) {
	for _, c := range []runCase{
		{"ternary, batch, two blocks a step, one token chosen after two", 3, 2, 1,
			PlanOptions{PassBits: -1, Blocks: 2, Batch: true}},
		{"w8, one token chosen after one", 2, 1, 1, PlanOptions{PassBits: -1}},
	} {
		t.Run(c.name, c.prove)
	}
}

func (c runCase) prove(t *testing.T) {
	r := newProvenRun(t, c.shape, c.p, c.n, c.opt)
	r.prove(t)
	require.NoError(t, r.verify())
	all, err := generate(r.model, r.run.Prompt, c.n)
	require.NoError(t, err)
	require.Equal(t, all[c.p:], r.run.Output)
}

// TestRunForgeries alters the order and the advice of steps, and the statement of a run.
func TestRunForgeries(t *testing.T) {
	honest := newProvenRun(t, 0, 2, 3, PlanOptions{PassBits: 1, Blocks: 1})
	honest.prove(t)
	require.NoError(t, honest.verify())
	// Passes: positions 0-1 (embed, two blocks, head), 2, 3 (the same).
	const embed2, block2, head2 = 4, 5, 7
	for name, alter := range map[string]func(r *Run){
		"layer skipped":       func(r *Run) { r.Steps = slices.Delete(r.Steps, 1, 2) },
		"layers swapped":      func(r *Run) { r.Steps[1], r.Steps[2] = r.Steps[2], r.Steps[1] },
		"layer repeated":      func(r *Run) { r.Steps = slices.Insert(r.Steps, 2, r.Steps[1]) },
		"head skipped":        func(r *Run) { r.Steps = slices.Delete(r.Steps, head2, head2+1) },
		"pass skipped":        func(r *Run) { r.Steps = slices.Delete(r.Steps, embed2, head2+1) },
		"pass repeated":       func(r *Run) { r.Steps = slices.Insert(r.Steps, head2+1, r.Steps[embed2:head2+1]...) },
		"passes swapped":      func(r *Run) { r.Steps = slices.Concat(r.Steps[:4], r.Steps[8:], r.Steps[4:8]) },
		"last pass missing":   func(r *Run) { r.Steps = r.Steps[:8] },
		"last step missing":   func(r *Run) { r.Steps = r.Steps[:len(r.Steps)-1] },
		"no steps":            func(r *Run) { r.Steps = nil },
		"other token fed":     func(r *Run) { r.Steps[embed2].Tokens = []int{r.Steps[embed2].Tokens[0] ^ 1} },
		"no token fed":        func(r *Run) { r.Steps[embed2].Tokens = nil },
		"token outside":       func(r *Run) { r.Steps[0].Tokens = []int{1 << 20, 0} },
		"prompt token other":  func(r *Run) { r.Steps[0].Tokens = []int{r.Prompt[0] ^ 1, r.Prompt[1]} },
		"other token chosen":  func(r *Run) { r.Steps[head2].Next ^= 1 },
		"last choice other":   func(r *Run) { r.Steps[len(r.Steps)-1].Next ^= 1 },
		"larger pass":         func(r *Run) { r.Steps[embed2].Bits = 1 },
		"huge pass":           func(r *Run) { r.Steps[0].Bits = 62 },
		"negative pass":       func(r *Run) { r.Steps[0].Bits = -1 },
		"empty cache read":    func(r *Run) { r.Steps[block2].Cache = bn254.G1Affine{} },
		"other layer's cache": func(r *Run) { r.Steps[block2].Cache = r.Steps[block2+1].Cache },
		"cache off the curve": func(r *Run) { r.Steps[block2].Cache.X.SetOne() },
		"idle advice":         func(r *Run) { r.Steps[block2].Next = 1 },
		"idle tokens":         func(r *Run) { r.Steps[head2].Tokens = []int{1} },
		"idle cache":          func(r *Run) { r.Steps[head2].Cache = r.Steps[block2].Cache },
		"proof missing":       func(r *Run) { r.Steps[block2].Proof = nil },
		"prompt stated other": func(r *Run) { r.Prompt[0] ^= 1 },
		"longer prompt stated": func(r *Run) {
			r.Prompt, r.Output = append(r.Prompt, r.Output[0]), r.Output[1:]
		},
		"output stated other": func(r *Run) { r.Output[0] ^= 1 },
		"last output other":   func(r *Run) { r.Output[2] ^= 1 },
		"output cut":          func(r *Run) { r.Output = r.Output[:2] },
		"no output":           func(r *Run) { r.Output = nil },
	} {
		t.Run(name, func(t *testing.T) {
			forged, r := *honest, *honest.run
			r.Prompt, r.Output = slices.Clone(r.Prompt), slices.Clone(r.Output)
			r.Steps = slices.Clone(r.Steps)
			alter(&r)
			forged.run = &r
			_, err := VerifyRun(forged.protocol, &r)
			require.ErrorIs(t, err, ErrRun)
		})
	}
}

// TestForgedCache: a prover rewrites an old key and its commitment before a pass. Every step
// of the pass is proven and accepted. At its end the chain of the cache as read differs from
// the chain that the pass before left.
func TestForgedCache(t *testing.T) {
	r := newProvenRun(t, 0, 2, 1, PlanOptions{PassBits: 0, Blocks: 2})
	q := r.prover(t)
	require.NoError(t, r.pass(q, r.run.Prompt[0]))
	keys, _ := q.session.Cache(0)
	keys[0] ^= 1
	k := q.tracker.classes[0].arguments[relation.Block].Plan
	altered := make(fr.Vector, 1<<k.CacheBits) // difference of the altered key
	altered[0].SetInt64(int64(keys[0]) - int64(keys[0]^1))
	difference := committest.Commit(t, r.key, altered, fr.Element{})
	q.points[0].Add(&q.points[0], &difference)
	require.ErrorContains(t, r.pass(q, r.run.Prompt[1]), "reads the cache that the one before it left")

	f := r.protocol.Track(2)
	for i := range r.run.Steps {
		require.NoError(t, f.Verify(&r.run.Steps[i]))
	}
	require.Equal(t, relation.Head, f.State.Phase)
	require.NotEqual(t, f.State.CachePrev, f.State.CacheRead)
}

// TestForgedLayers: a prover runs the model with two layers exchanged. The constants of the
// layers are equal, so every step is accepted. The claims are under the records of the
// original layers and do not hold for the committed weights.
func TestForgedLayers(t *testing.T) {
	r := newProvenRun(t, 0, 1, 1, PlanOptions{PassBits: 0, Blocks: 1})
	swapped := &llama.Model{
		Config: r.model.Config, Scheme: r.model.Scheme, Scales: r.model.Scales, Embedding: r.model.Embedding,
		Layers: []llama.Layer{r.model.Layers[1], r.model.Layers[0]}, Head: r.model.Head, Tables: r.model.Tables,
	}
	honest := r.model
	r.model = swapped
	ctx := context.Background()
	q := r.prover(t)
	_, err := ProveRun(ctx, q, r.run.Prompt, r.plan, r.keep)
	require.NoError(t, err)
	r.proven = q
	f := r.protocol.Track(1)
	for i := range r.run.Steps {
		require.NoError(t, f.Verify(&r.run.Steps[i]))
	}
	require.ErrorIs(t, r.protocol.CheckClaims(ctx, honest, &f.Log, f.State.Claims), ErrClaims)
	require.NoError(t, r.protocol.CheckClaims(ctx, swapped, &f.Log, f.State.Claims), "they are true of what was run")

	require.ErrorContains(t, r.settleFrom(f.clone(), honest), "claimed values")
	require.ErrorContains(t, r.settleFrom(f, swapped), "the claim on the weights")
}

// settleFrom settles the proven run by steps from a tracker on, with the weights of a model.
// It compares the last claim on the weights with its polynomial, as a verifier of the opening
// does.
func (r *provenRun) settleFrom(f *StateTracker, m *llama.Model) error {
	ctx := context.Background()
	var polys []*argument.Polynomial
	for _, p := range r.proven.polynomials() {
		polys = append(polys, &argument.Polynomial{Values: slices.Clone(p.Values), Blind: p.Blind})
	}
	s, err := NewSettlementRun(f, r.key, m, r.weights, polys)
	for done := false; err == nil && !done; {
		_, done, err = s.Next(ctx)
	}
	if err != nil {
		return err
	}
	p, o := s.Running[len(s.Running)-1], f.State.Weights
	acc := r.key.NewAccumulator()
	if err := acc.AddElements(0, p.Values); err != nil {
		return err
	}
	acc.AddBlind(&p.Blind)
	value, commitment := poly.Eval(p.Values, o.Point), acc.Commitment()
	if !value.Equal(&o.Value) || !commitment.Equal(&o.Commitment) {
		return errors.New("the claim on the weights is false")
	}
	return nil
}

// TestStateDigest: every field of the state is in its digest.
func TestStateDigest(t *testing.T) {
	r := newProvenRun(t, 2, 1, 1, PlanOptions{})
	p := r.protocol
	first := p.first(3)
	seen := map[fr.Element]string{p.stateDigest(&first): "honest"}
	g := committest.Generator(t)
	one := fr.One()
	for name, alter := range map[string]func(z *State){
		"phase": func(z *State) { z.Phase = relation.Head }, "group": func(z *State) { z.Group = 1 },
		"start": func(z *State) { z.Start = 1 }, "bits": func(z *State) { z.Bits = 1 },
		"prompt": func(z *State) { z.Prompt = 4 }, "next": func(z *State) { z.Next = 1 },
		"window": func(z *State) { z.Window = []int{0} }, "tokens": func(z *State) { z.Tokens = one },
		"output": func(z *State) { z.Said = one },
		"stream": func(z *State) { z.Stream = g }, "previous": func(z *State) { z.CachePrev = one },
		"read": func(z *State) { z.CacheRead = one }, "write": func(z *State) { z.CacheWrite = one },
		"model": func(z *State) { z.Model = one }, "claims": func(z *State) { z.Claims = one },
		"cells' commitment":  func(z *State) { z.Cells[0].Commitment = g },
		"cells' value":       func(z *State) { z.Cells[0].Value = one },
		"cells' point":       func(z *State) { z.Cells[0].Point[3] = one },
		"cache's commitment": func(z *State) { z.Cache.Commitment = g },
		"cache's value":      func(z *State) { z.Cache.Value = one },
		"cache's point":      func(z *State) { z.Cache.Point[0] = one },
	} {
		z := p.first(3)
		alter(&z)
		d := p.stateDigest(&z)
		require.NotContains(t, seen, d, "%s and %s", name, seen[d])
		seen[d] = name
	}
}

// TestPlan: a plan covers every position once, in aligned passes whose steps fit the key.
// Passes after the prompt have one token unless the text is finished.
func TestPlan(t *testing.T) {
	d := weights.Description{Scheme: llama.W16, DownLimbs: 2, Config: llamatest.WithVocab(llamatest.Shapes[0].Config)}
	d.Config.Context, d.Scales.Softmax, d.Scales.Eps, d.Config.RMSEps = 4096, 32, 1, 1e-5
	rapid.Check(t, func(t *rapid.T) {
		p, n := rapid.IntRange(1, 300).Draw(t, "p"), rapid.IntRange(1, 60).Draw(t, "n")
		opt := PlanOptions{
			Batch: rapid.Bool().Draw(t, "batch"), PassBits: rapid.IntRange(-1, 9).Draw(t, "pass"),
			Blocks: rapid.IntRange(0, 5).Draw(t, "blocks"), KeyBits: rapid.IntRange(20, 24).Draw(t, "key"),
		}
		plan, err := NewRunPlan(&d, p, n, opt)
		require.NoError(t, err)
		at, ones := 0, false
		for _, s := range plan.Passes {
			require.Equal(t, at, s.Start)
			require.Zero(t, s.Start%(1<<s.Bits))
			at += 1 << s.Bits
			require.True(t, opt.Batch || at <= p || s.Bits == 0)
			require.True(t, opt.PassBits < 0 || s.Bits <= opt.PassBits)
			require.LessOrEqual(t, s.Bits, plan.Classes[len(plan.Classes)-1])
			ones = ones || s.Bits == 0
		}
		require.Equal(t, p+n-1, at)
		require.Equal(t, ones, plan.Classes[0] == 0)
		require.Zero(t, d.Config.Layers%plan.Blocks)
		for _, bits := range plan.Classes {
			need, err := keyBits(&d, bits, plan.PositionBits, plan.Blocks)
			require.NoError(t, err)
			require.LessOrEqual(t, need, opt.KeyBits)
		}
	})
}

// TestPlanExamples compares plans with passes written by hand.
func TestPlanExamples(t *testing.T) {
	d := weights.Description{Scheme: llama.W16, DownLimbs: 2, Config: llamatest.WithVocab(llamatest.Shapes[0].Config)}
	d.Config.Context, d.Scales.Softmax, d.Scales.Eps, d.Config.RMSEps = 256, 32, 1, 1e-5
	sizes := func(p, n int, opt PlanOptions) (s []int) {
		opt.KeyBits = 24
		plan, err := NewRunPlan(&d, p, n, opt)
		require.NoError(t, err)
		for _, x := range plan.Passes {
			s = append(s, 1<<x.Bits)
		}
		return s
	}
	require.Equal(t, []int{32, 4, 1}, sizes(37, 1, PlanOptions{PassBits: -1}))
	require.Equal(t, []int{32, 4, 1, 1, 1}, sizes(37, 3, PlanOptions{PassBits: -1}))
	require.Equal(t, []int{8, 8, 8, 8, 4, 2}, sizes(37, 2, PlanOptions{PassBits: 3, Batch: true}))
	require.Equal(t, []int{64, 64, 2}, sizes(100, 31, PlanOptions{PassBits: -1, Batch: true}))
	for _, bad := range [][2]int{{0, 1}, {1, 0}, {200, 58}, {1 << 62, 1 << 62}} {
		_, err := NewRunPlan(&d, bad[0], bad[1], PlanOptions{KeyBits: 24})
		require.ErrorIs(t, err, ErrPlan)
	}
	_, err := NewRunPlan(&d, 1, 1, PlanOptions{KeyBits: 10})
	require.ErrorIs(t, err, ErrPlan)
}
