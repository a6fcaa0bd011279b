package step

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/commit"
	"fold/internal/commit/mercury"
	"fold/llama"
)

// Checkpoint is what a run's prover needs to go on from a pass's end. It is for
// its owner's eyes: the running polynomials and the tokens are secret.
type Checkpoint struct {
	State  State
	Log    ClaimLog
	Tokens []int            // embedded so far, at positions 0, 1, ...
	Cells  []Polynomial     // of the running claims, by class
	Cache  Polynomial       // of the running claim on the cache
	Blinds []fr.Element     // of the groups' commitments to the cache
	Points []bn254.G1Affine // these commitments
}

// RunProver proves a run pass by pass. It is used by one goroutine at a time.
//
// Memory: the model; the cache; a pass's traces and witness, a step at a time;
// 32 bytes for each coefficient of the running polynomials, one a class.
type RunProver struct {
	follower *Follower
	prover   *Prover
	key      *commit.Key
	session  *llama.Session
	model    *llama.Model
	seed     Seed
	keep     Checkpoint
	input    fr.Element // blind of the residual stream's commitment, within a pass
	emit     func(*Step) error
	traces   []*llama.BlockTrace
	head     llama.HeadTrace
}

// NewRunProver starts a run over a prompt of the given length, or goes on from a
// checkpoint if there is one, which is then the prover's. Every blind is a
// function of the seed and of everything that it hides: the same steps give the
// same bytes again, and any other continuation gives independent ones. Each step
// is handed to emit as soon as it is proven.
func NewRunProver(p *Protocol, key *commit.Key, m *llama.Model, seed Seed, prompt int, salt fr.Element, from *Checkpoint, emit func(*Step) error) (*RunProver, error) {
	if len(seed) < 16 {
		return nil, fmt.Errorf("step: a seed of %d bytes, expected at least 16: commitments of steps are always blinded", len(seed))
	}
	if n := p.KeyBits(); key.Len() < 1<<n {
		return nil, fmt.Errorf("step: a key of %d points, the steps need %d", key.Len(), 1<<n)
	}
	if key.ID() != p.Model.Key {
		return nil, fmt.Errorf("step: key %s, the model is committed with %s", key.ID(), p.Model.Key)
	}
	q := &RunProver{follower: p.Follow(prompt, salt), prover: NewProver(key), key: key, model: m, session: m.NewSession(), seed: seed, emit: emit}
	for range p.Blocks {
		q.traces = append(q.traces, new(llama.BlockTrace))
	}
	if from == nil {
		q.keep = p.emptyCheckpoint()
		return q, nil
	}
	if from.State.Phase != Embed || from.State.Start != len(from.Tokens) {
		return nil, errors.New("step: a checkpoint that is not at a pass's end")
	}
	q.keep, q.follower.State, q.follower.Log = *from, from.State, from.Log
	if len(from.Tokens) == 0 {
		return q, nil
	}
	return q, q.session.Forward(from.Tokens, func(int, []int32) error { return nil })
}

func (p *Protocol) emptyCheckpoint() Checkpoint {
	c := Checkpoint{Blinds: make([]fr.Element, p.groups()), Points: make([]bn254.G1Affine, p.groups())}
	for i := range p.classes {
		c.Cells = append(c.Cells, Polynomial{Values: make(fr.Vector, 1<<p.classes[i].slots.Cells)})
	}
	c.Cache.Values = make(fr.Vector, 1<<p.classes[0].slots.Cache)
	return c
}

// Checkpoint returns what a later prover goes on from; only at a pass's end. It
// shares memory with the prover, which must not be used before it is stored.
func (q *RunProver) Checkpoint() *Checkpoint {
	c := q.keep
	c.State, c.Log = q.follower.State, q.follower.Log
	return &c
}

// State is where the run stands.
func (q *RunProver) State() *State { return &q.follower.State }

// Pass proves a pass over 2^bits tokens at the positions that follow.
func (q *RunProver) Pass(ctx context.Context, tokens []int, bits int) error {
	z := &q.follower.State
	start := z.Start
	x := make([]int32, len(tokens)*q.model.Config.Dim)
	if err := q.session.Embed(tokens, x); err != nil {
		return err
	}
	i, err := q.follower.class(bits)
	if err != nil {
		return err
	}
	k := &q.follower.classes[i]
	step := &Step{Bits: bits, Tokens: slices.Clone(tokens)}
	err = q.step(ctx, i, step, nil, func(p *Program, g Geometry) (*Witness, error) { return EmbedWitness(p, k.shape, g, x) })
	for err == nil && z.Phase == Block {
		err = q.blocks(ctx, i, x)
	}
	if err == nil && z.Phase == Head {
		err = q.choose(ctx, i, x)
	}
	if err != nil {
		return fmt.Errorf("step: pass at position %d: %w", start, err)
	}
	q.keep.Tokens = append(q.keep.Tokens, tokens...)
	return nil
}

// blocks proves the next group of blocks and takes x through it.
func (q *RunProver) blocks(ctx context.Context, class int, x []int32) error {
	z := &q.follower.State
	group := z.Group
	for i, tr := range q.traces {
		if err := q.session.Block(group*q.follower.Blocks+i, z.Start, x, tr); err != nil {
			return err
		}
	}
	shape := q.follower.classes[class].shape
	return q.step(ctx, class, &Step{Cache: q.keep.Points[group]}, &group, func(p *Program, g Geometry) (*Witness, error) {
		return BlockWitness(p, shape, q.session, g, q.traces)
	})
}

// choose proves the head.
func (q *RunProver) choose(ctx context.Context, class int, x []int32) error {
	if err := q.session.Head(x, &q.head); err != nil {
		return err
	}
	shape := q.follower.classes[class].shape
	next := q.head.Argmax[len(q.head.Argmax)-1]
	return q.step(ctx, class, &Step{Next: next}, nil, func(p *Program, g Geometry) (*Witness, error) {
		return HeadWitness(p, shape, q.model, g, &q.head)
	})
}

// step proves one step and takes the state on. group is the group of blocks, if
// it is one.
func (q *RunProver) step(ctx context.Context, class int, s *Step, group *int, witness func(*Program, Geometry) (*Witness, error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	a, st, err := q.follower.statement(s)
	if err != nil {
		return err
	}
	w, err := witness(a.plan.Program, st.Geometry)
	if err != nil {
		return err
	}
	secrets := &Secrets{Input: q.input, Running: [2]Polynomial{q.keep.Cells[class], q.keep.Cache}}
	first := 0
	if group != nil {
		secrets.Cache, first = q.keep.Blinds[*group], *group*q.follower.Blocks
	}
	statement, digest := st.digest(), w.digest()
	secrets.Blind = func(name string) fr.Element { return q.seed.blind(name, bytesOf(statement), digest) }
	proof, result, open, err := q.prover.Prove(a, st, w, NewModel(q.model, q.follower.classes[class].shape, first), secrets)
	if err != nil {
		return err
	}
	s.Proof, q.input = proof, open.Output
	q.keep.Cells[class], q.keep.Cache = secrets.Running[SlotCells], secrets.Running[SlotCache]
	if group != nil {
		q.keep.Blinds[*group], q.keep.Points[*group] = open.Cache, result.Cache
	}
	if err := q.follower.advance(s, st, result); err != nil {
		return err
	}
	if q.follower.State.Phase == Embed {
		q.input = fr.Element{}
	}
	return q.emit(s)
}

// Finish settles the claims on the weights, whose blinds are drawn from
// weightSeed, and opens the running claims.
func (q *RunProver) Finish(ctx context.Context, key *mercury.ProverKey, weightSeed Seed) (*Settlement, []*mercury.Proof, error) {
	z := &q.follower.State
	if z.Phase != Embed {
		return nil, nil, errors.New("step: a run ends at a pass's end")
	}
	settlement, err := Settle(ctx, key, q.model, q.follower.Model, weightSeed, &q.follower.Log, z.Claims)
	if err != nil {
		return nil, nil, err
	}
	state := q.follower.stateDigest(z)
	polys := append(slices.Clone(q.keep.Cells), q.keep.Cache)
	var openings []*mercury.Proof
	for i, o := range z.open() {
		p, err := o.prove(key, state, &polys[i], q.seed)
		if err != nil {
			return nil, nil, fmt.Errorf("step: running claim %d: %w", i, err)
		}
		openings = append(openings, p)
	}
	return settlement, openings, nil
}

// ProveRun proves a prompt and n tokens that the model chooses after it: the
// prompt in the plan's passes, then, as the plan has it, each chosen token in a
// pass of its own, or the finished text in large passes.
func ProveRun(ctx context.Context, q *RunProver, prompt []int, plan *RunPlan) (output []int, err error) {
	known := prompt
	if done := q.keep.Tokens; len(done) > len(prompt) {
		known = done
	}
	if n := min(len(prompt), len(q.keep.Tokens)); !slices.Equal(prompt[:n], q.keep.Tokens[:n]) {
		return nil, errors.New("step: the checkpoint is of another prompt")
	}
	if plan.Batch {
		if known, err = generate(q.model, prompt, plan.Tokens-1); err != nil {
			return nil, err
		}
	}
	for _, p := range plan.Passes {
		z := q.State()
		if p.Start < z.Start {
			continue // proven before the checkpoint
		}
		if p.Start == len(known) {
			known = append(known[:len(known):len(known)], z.Next)
		}
		if err := q.Pass(ctx, known[p.Start:p.Start+1<<p.Bits], p.Bits); err != nil {
			return nil, err
		}
	}
	return append(slices.Clone(known[len(prompt):]), q.State().Next), nil
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
