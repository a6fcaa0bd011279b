package step

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/prf"
	"fold.example/fold/llama"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
)

// RunProver proves a run step by step. Only one goroutine may use it at a time. It cannot be
// used after an error: a new RunProver continues after the last step that was kept (Restore,
// Replay).
//
// Memory: the model; the cache; the traces and the witness of a step; 32 bytes for each
// coefficient of the running polynomials, of which there is one for each size class and one
// for the cache.
type RunProver struct {
	tracker *StateTracker
	prover  *argument.Prover
	key     *commit.Key
	session *llama.Session
	model   *llama.Model
	seed    prf.Seed

	running  []argument.Polynomial // [class], polynomials of the running claims
	cache    argument.Polynomial   // polynomial of the running claim on the cache
	refolded []bool                // by class, then the cache: Replay changed it and Check has not checked it
	blinds   []fr.Element          // [group], blinding factors of the commitments to the cache
	points   []bn254.G1Affine      // [group], the commitments to the cache

	// Within a pass: the blinding factor of the commitment to the residual stream, and the
	// stream, [T][Dim], nil if it has not been computed.
	input fr.Element
	x     []int32

	traces []*llama.BlockTrace
	head   llama.HeadTrace

	// Observe, unless it is nil, is called when a phase of a step's argument begins.
	Observe func(argument.Phase)
}

// NewRunProver starts a run over a prompt of the given length. Every blinding factor is a
// function of the seed and of everything that it hides: the same steps give the same bytes
// again, and other steps give independent blinding factors.
func NewRunProver(p *Params, key *commit.Key, m *llama.Model, seed prf.Seed, prompt int) (*RunProver, error) {
	if len(seed) < 16 {
		return nil,
			fmt.Errorf("step: a seed of %d bytes, expected at least 16: commitments of steps are always blinded",
				len(seed))
	}
	if n := p.KeyBits(); key.Len() < 1<<n {
		return nil, fmt.Errorf("step: a key of %d points, the steps need %d", key.Len(), 1<<n)
	}
	if key.ID() != p.Model.Key {
		return nil, fmt.Errorf("step: key %s, the model is committed with %s", key.ID(), p.Model.Key)
	}
	q := &RunProver{
		tracker: p.Track(prompt), prover: argument.NewProver(key), key: key, model: m, session: m.NewSession(),
		seed:     seed,
		refolded: make([]bool, len(p.classes)+1),
		blinds:   make([]fr.Element, p.groups()), points: make([]bn254.G1Affine, p.groups()),
	}
	for range p.Blocks {
		q.traces = append(q.traces, new(llama.BlockTrace))
	}
	for i := range p.classes {
		q.running = append(q.running, argument.Polynomial{Values: make(fr.Vector, 1<<p.classes[i].slots.Cells)})
	}
	q.cache.Values = make(fr.Vector, 1<<p.classes[0].slots.Cache)
	return q, nil
}

// Tracker returns the state tracker of the run. The prover owns it: callers must not change it.
func (q *RunProver) Tracker() *StateTracker { return q.tracker }

// State returns the state before the next step. The prover owns it: callers must not change it.
func (q *RunProver) State() *State { return &q.tracker.State }

// Proven is a proven step: its kind and place in the run, its proof, and its ReplayData.
type Proven struct {
	Kind               relation.Kind
	Start, Bits, Group int   // start and size of its pass; number of its group of blocks
	Step               *Step // advice and proof
	Trail              *ReplayData
	Chosen             []int         // tokens that the step proves to be the model's choice
	Again              time.Duration // estimate of the time of Replay
}

// Prove proves the next step. At the beginning of a pass, tokens are the tokens of the pass;
// their number is a power of two. Within a pass Prove ignores tokens.
func (q *RunProver) Prove(ctx context.Context, tokens []int) (*Proven, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	z := &q.tracker.State
	at := Proven{Kind: z.Phase, Start: z.Start, Bits: z.Bits, Group: z.Group}
	s := &Step{}
	switch z.Phase {
	case relation.Embed:
		at.Bits = floorLog2(max(1, len(tokens)))
		s.Bits, s.Tokens = at.Bits, slices.Clone(tokens)
	case relation.Block:
		s.Cache = q.points[z.Group]
	}
	at.Step = s
	if err := q.prove(&at); err != nil {
		return nil, fmt.Errorf("step: %s at position %d, group %d: %w", at.Kind, at.Start, at.Group, err)
	}
	return &at, nil
}

func (q *RunProver) prove(p *Proven) error {
	s, start := p.Step, time.Now()
	if err := q.run(s); err != nil {
		return err
	}
	if p.Kind == relation.Head {
		s.Next = q.chosen()
	}
	k, err := q.prepare(s)
	if err != nil {
		return err
	}
	p.Again = time.Since(start)
	q.prover.Observe = func(phase argument.Phase) {
		if q.Observe != nil {
			q.Observe(phase)
		}
		switch phase {
		case argument.PhaseFold:
			start = time.Now()
		case argument.PhaseDone:
			p.Again += time.Since(start)
		}
	}
	statement, digest := k.statement.Digest(), k.witness.Digest()
	k.secrets.Blind = func(name string, of [32]byte) fr.Element {
		return argument.StepBlind(q.seed, name, statement, digest, of)
	}
	proof, result, open, err := q.prover.Prove(k.argument, k.statement, k.witness, k.model, k.secrets)
	if err != nil {
		return err
	}
	s.Proof = proof
	t := &ReplayData{Open: *open, Claims: result.Weights, KV: q.cached()}
	if p.Kind == relation.Block {
		t.Point = result.Cache
	}
	for i := range t.Running {
		t.Running[i] = k.secrets.Running[i].Blind
	}
	p.Trail, p.Chosen = t, q.tracker.Chosen(s)
	return q.take(k, s, result, t)
}

// run runs the model over the next step and records its trace.
func (q *RunProver) run(s *Step) error {
	z := &q.tracker.State
	if z.Phase == relation.Embed {
		x := make([]int32, len(s.Tokens)*q.model.Config.Dim)
		if err := q.session.Embed(s.Tokens, x); err != nil {
			return err
		}
		q.x = x
		return nil
	}
	if err := q.stream(); err != nil {
		return err
	}
	if z.Phase == relation.Head {
		return q.session.Head(q.x, &q.head)
	}
	for i, tr := range q.traces {
		if err := q.session.Block(z.Group*q.tracker.Blocks+i, z.Start, q.x, tr); err != nil {
			return err
		}
	}
	return nil
}

// stream computes the residual stream of the pass up to the next step, unless it is known.
func (q *RunProver) stream() error {
	if q.x != nil {
		return nil
	}
	z := &q.tracker.State
	x := make([]int32, len(z.Window)*q.model.Config.Dim)
	if err := q.session.Embed(z.Window, x); err != nil {
		return err
	}
	for layer := range z.Group * q.tracker.Blocks {
		if err := q.session.Block(layer, z.Start, x, nil); err != nil {
			return err
		}
	}
	q.x = x
	return nil
}

// chosen returns the token that the head has chosen after the pass.
func (q *RunProver) chosen() int { return q.head.Argmax[len(q.head.Argmax)-1] }

// task is the input of the argument's prover for the next step.
type task struct {
	class     int
	argument  *argument.Argument
	statement *argument.Statement
	witness   *relation.Witness
	model     relation.Model
	secrets   *argument.Secrets
}

// prepare makes the task of the next step, after run.
func (q *RunProver) prepare(s *Step) (*task, error) {
	z := &q.tracker.State
	a, st, err := q.tracker.statement(s)
	if err != nil {
		return nil, err
	}
	k := &task{argument: a, statement: st}
	if k.class, err = q.tracker.classOf(s); err != nil {
		return nil, err
	}
	k.secrets = &argument.Secrets{Input: q.input, Running: [2]argument.Polynomial{q.running[k.class], q.cache}}
	shape, first := q.tracker.classes[k.class].shape, 0
	switch z.Phase {
	case relation.Embed:
		k.witness, err = relation.EmbedWitness(a.Plan.Program, shape, st.Geometry, q.x)
	case relation.Block:
		k.secrets.Cache, first = q.blinds[z.Group], z.Group*q.tracker.Blocks
		k.witness, err = relation.BlockWitness(a.Plan.Program, shape, q.session, st.Geometry, q.traces)
	default:
		k.witness, err = relation.HeadWitness(a.Plan.Program, shape, q.model, st.Geometry, &q.head)
	}
	k.model = relation.NewModelView(q.model, shape, first)
	return k, err
}

// take advances prover and state over a step.
func (q *RunProver) take(k *task, s *Step, r *argument.Result, t *ReplayData) error {
	q.hold(k.class, t)
	if err := q.tracker.advance(s, r); err != nil {
		return err
	}
	if q.tracker.State.Phase == relation.Embed {
		q.input, q.x = fr.Element{}, nil
	}
	return nil
}

// hold sets the blinding factors and the commitment to the cache after a step.
func (q *RunProver) hold(class int, t *ReplayData) {
	z := &q.tracker.State
	if z.Phase == relation.Block {
		q.blinds[z.Group], q.points[z.Group] = t.Open.Cache, t.Point
	}
	q.running[class].Blind, q.cache.Blind = t.Running[argument.AccumulatorCells], t.Running[argument.AccumulatorCache]
	q.input = t.Output
}

// cached returns the keys and values of the step's layers at the positions of the pass, as in
// ReplayData.KV.
func (q *RunProver) cached() (kv []int16) {
	z := &q.tracker.State
	if z.Phase != relation.Block {
		return nil
	}
	from, to := z.Start*q.model.Config.KVDim(), (z.Start+1<<z.Bits)*q.model.Config.KVDim()
	for i := range q.tracker.Blocks {
		keys, values := q.session.Cache(z.Group*q.tracker.Blocks + i)
		kv = append(append(kv, keys[from:to]...), values[from:to]...)
	}
	return kv
}

// Settlement begins the settlement of the run at the present state. The prover cannot be used
// afterwards: the settlement owns its tracker and its running polynomials. weights is the seed
// of the weights' blinding factors.
func (q *RunProver) Settlement(weights prf.Seed) (*SettlementRun, error) {
	return NewSettlementRun(q.tracker, q.key, q.model, weights, q.polynomials())
}

// ProveRun proves the remaining steps of a plan and calls emit with each step as soon as it is
// proven. known begins with the prompt. Tokens after the end of known are proven as the model
// chooses them. The result is all tokens of the run, the prompt first.
func ProveRun(ctx context.Context, q *RunProver, known []int, plan *RunPlan, emit func(*Proven) error) ([]int, error) {
	z := q.State()
	known = slices.Clone(known)
	for _, p := range plan.Passes {
		if p.Start < z.Start {
			continue // proven before
		}
		for first := true; z.Start == p.Start && (first || z.Phase != relation.Embed); first = false {
			if z.Phase == relation.Embed && p.Start == len(known) {
				known = append(known, z.Next)
			}
			s, err := q.Prove(ctx, known[p.Start:p.Start+1<<p.Bits])
			if err != nil {
				return nil, err
			}
			if err := emit(s); err != nil {
				return nil, err
			}
		}
	}
	return append(known, z.Next), nil
}
