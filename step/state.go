package step

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// ErrRun is wrapped if a step does not continue its run, or a run does not prove its
// statement.
var ErrRun = errors.New("step: run rejected")

// State is the state of a run between steps. It determines the next step, except the size of a
// pass, which the prover chooses at the beginning of the pass, and whether a settlement begins
// at the end of a pass. Params.Elements returns the state as a list of elements, whose hash a
// recursion passes on.
type State struct {
	Phase  relation.Kind // kind of the next step
	Group  int           // the next step's group of blocks; in a settlement, the steps of the phase so far
	Start  int           // first position of the pass
	Bits   int           // j, within a pass
	Prompt int           // P
	Next   int           // the token that the last head chose
	Window []int         // within a pass, its tokens

	Tokens fr.Element // chain of the windows that begin in the prompt; in the last state sealed
	// Said is the chain of the windows that begin after the prompt; in the last state sealed
	// together with the token that no pass embeds.
	Said   fr.Element
	Stream bn254.G1Affine // commitment to the residual stream, within a pass

	// Chains of the commitments of the groups to the cache, in the order in which every pass
	// visits the groups: as the last pass left the cache, as this pass has read it, and as
	// this pass leaves it. At the end of a pass the first two must be equal.
	CachePrev, CacheRead, CacheWrite fr.Element

	Model   fr.Element                // chain of the records that the pass has opened, without the head's
	Claims  fr.Element                // chain of the claims on weights
	Settle  Settling                  // zero before a settlement
	Cells   []argument.CommittedClaim // running claims by size class
	Cache   argument.CommittedClaim   // running claim on the cache
	Weights argument.CommittedClaim   // the settled claim on the weights
}

// Settling is the part of the state that belongs to a settlement.
type Settling = settleVector[fr.Element]

// first returns the first state of a run.
func (p *Params) first(prompt int) State {
	b := transcript.NewField()
	s := State{Phase: relation.Embed, Prompt: prompt, Claims: transcript.EmptyChain(b, claimChain)}
	s.Tokens, s.Said = transcript.EmptyChain(b, tokenChain), transcript.EmptyChain(b, tokenChain)
	s.CachePrev, s.CacheRead, s.CacheWrite = transcript.EmptyChain(b, cacheChain), transcript.EmptyChain(b,
		cacheChain), transcript.EmptyChain(b, cacheChain)
	s.Model = transcript.EmptyChain(b, weights.ModelChain)
	for range p.groups() {
		s.CachePrev = transcript.ExtendPoint(cacheChain, s.CachePrev, &bn254.G1Affine{})
	}
	unused := func(n int) argument.CommittedClaim {
		return argument.CommittedClaim{EvalClaim: argument.EvalClaim[fr.Element]{Point: make([]fr.Element, n)}}
	}
	for i := range p.classes {
		s.Cells = append(s.Cells, unused(p.classes[i].slots.Cells))
	}
	s.Cache, s.Weights = unused(p.classes[0].slots.Cache), unused(p.weightBits())
	return s
}

// slots returns all running claims: by size class, then the cache's and the weights'.
func (z *State) slots() []argument.CommittedClaim { return append(z.open(), z.Weights) }

// stateDigest returns the hash of the parameters and a state.
func (p *Params) stateDigest(z *State) fr.Element {
	return p.digestOf(p.Elements(z))
}

func (p *Params) digestOf(z []fr.Element) fr.Element {
	return transcript.HashNative(stateTag, append([]fr.Element{p.digest}, z...)...)
}

// Step is one step of a run. Each field before the proof is advice of one kind of step, and
// zero in the others.
type Step struct {
	Bits   int             // embed: the pass has 2^Bits tokens
	Tokens []int           // embed: the tokens of the pass
	Next   int             // head: the token that the model chooses after the pass
	Cache  bn254.G1Affine  // block: the commitment to the group's cache before the pass
	Proof  *argument.Proof // nil for a step that is replayed
}

// check refuses advice that belongs to another kind of step, so that a step has one form.
func (s *Step) check(k relation.Kind) error {
	switch {
	case k > relation.Head:
		return fmt.Errorf("%w: a step of a pass in the phase %s", ErrRun, k)
	case k != relation.Embed && (s.Bits != 0 ||
		len(s.Tokens) != 0), k != relation.Head && s.Next != 0, k != relation.Block && !s.Cache.IsInfinity():
		return fmt.Errorf("%w: advice for another kind of step than %s", ErrRun, k)
	case !s.Cache.IsOnCurve():
		return fmt.Errorf("%w: the commitment to the cache is not on the curve", ErrRun)
	}
	return nil
}

// StateTracker advances a run's state from step to step and collects the steps' claims. Both
// prover and verifier of a run have one. It runs the rules of transition, which are also the
// circuit of a recursion.
type StateTracker struct {
	*Params
	State State    // before the next step
	Log   ClaimLog // claims of the steps so far

	// Context, if not nil, returns the first element of the next step's statement: a digest of
	// the state's elements and of the constants of the run. A recursion sets it, as it has its
	// own hash. Without it, the element is the digest of the parameters and the state.
	Context func(z []fr.Element) fr.Element
}

// Track starts a run over a prompt of the given length.
func (p *Params) Track(prompt int) *StateTracker {
	return &StateTracker{Params: p, State: p.first(prompt)}
}

// InContext sets the function that computes the context of the prover's steps, like
// StateTracker.Context for a verifier.
func (q *RunProver) InContext(of func(z []fr.Element) fr.Element) { q.tracker.Context = of }

func (f *StateTracker) context() fr.Element {
	if f.Context != nil {
		return f.Context(f.Elements(&f.State))
	}
	return f.stateDigest(&f.State)
}

// statement returns the statement of the next step and the argument that proves it. It refuses
// advice that does not continue the run.
func (f *StateTracker) statement(s *Step) (*argument.Argument, *argument.Statement, error) {
	z := &f.State
	st, class, err := f.start(s)
	if err != nil {
		return nil, nil, err
	}
	a := f.classes[class].arguments[z.Phase]
	st.Context = f.context()
	if st.Record, err = f.Model.StepConstants(a.Plan.Program, z.Group*f.Blocks, f.Blocks); err != nil {
		return nil, nil, err
	}
	t, m := f.transition(f.passAdvice(st))
	t.begin()
	return a, st, f.refused(m)
}

// start returns the statement of a step of a pass, without the context and the record, and the
// size class.
func (f *StateTracker) start(s *Step) (*argument.Statement, int, error) {
	z := &f.State
	if err := s.check(z.Phase); err != nil {
		return nil, 0, err
	}
	// Only a state from a file can fail this check.
	if top := f.groups(); z.Group < 0 || z.Phase == relation.Block && z.Group >= top || z.Group > top {
		return nil, 0, fmt.Errorf("%w: %s of group %d of %d", ErrRun, z.Phase, z.Group, top)
	}
	st := &argument.Statement{Geometry: f.geometry(s), Input: z.Stream}
	i, err := f.classOf(s)
	if err != nil {
		return nil, 0, err
	}
	if err := st.Geometry.Validate(f.classes[i].shape); err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrRun, err)
	}
	st.Running = [2]argument.CommittedClaim{z.Cells[i], z.Cache}
	if z.Phase == relation.Block {
		st.Cache = s.Cache
	}
	return st, i, nil
}

// geometry returns the geometry of the step's pass.
func (f *StateTracker) geometry(s *Step) relation.Geometry {
	z := &f.State
	g := relation.Geometry{Start: z.Start, Bits: f.bitsOf(s), Prompt: z.Prompt, Tokens: z.Window}
	switch z.Phase {
	case relation.Embed:
		g.Tokens = s.Tokens
	case relation.Head:
		g.Next = s.Next
	}
	return g
}

// transition returns the transition of the next step.
func (f *StateTracker) transition(in *transitionAdvice[fr.Element]) (*transition[fr.Element], nativeRanges) {
	m := newNativeRanges()
	return newTransition(f.Params, m, f.vector(&f.State), in), m
}

// refused returns the error of a rule that the step breaks.
func (f *StateTracker) refused(m nativeRanges) error {
	if err := m.Err(); err != nil {
		return fmt.Errorf("%w: %s at position %d, group %d: %w", ErrRun, f.State.Phase, f.State.Start, f.State.Group,
			err)
	}
	return nil
}

// Verify verifies a step and advances the state. The error wraps ErrRun if the step does not
// continue the run or its proof does not hold.
func (f *StateTracker) Verify(s *Step) error {
	a, st, err := f.statement(s)
	if err != nil {
		return err
	}
	if s.Proof == nil {
		return fmt.Errorf("%w: a step without a proof", ErrRun)
	}
	r, err := a.Verify(st, s.Proof)
	if err != nil {
		return fmt.Errorf("%w: %s at position %d, group %d: %w", ErrRun, f.State.Phase, f.State.Start, f.State.Group,
			err)
	}
	return f.advance(s, r)
}

// advance advances the state over a step whose argument r has been verified.
func (f *StateTracker) advance(s *Step, r *argument.Result) error {
	z := &f.State
	st, class, err := f.start(s)
	if err != nil {
		return err
	}
	claims := f.claimsOf(&st.Geometry, &r.Weights)
	in := f.passAdvice(st)
	// The next state does not depend on the points that are not set here.
	in.Points = limbsOfPoints(stepPoints(st, &argument.Commitments{Output: r.Output}, r))
	t, m := f.transition(in)
	t.begin()
	if err := t.settle(fr.Element{}); err != nil { // a step of a pass does not use the result
		return err
	}
	next := t.finish(&verified[fr.Element]{r.Running[argument.AccumulatorCells].Extended(),
		r.Running[argument.AccumulatorCache].Extended(), r.Weights})
	if err := f.refused(m); err != nil {
		return err
	}
	f.Log.Steps = append(f.Log.Steps, *claims)
	z.Cells[class], z.Cache = r.Running[argument.AccumulatorCells], r.Running[argument.AccumulatorCache]
	z.Window, z.Stream = st.Geometry.Tokens, r.Output
	f.follow(next)
	return nil
}

// follow sets the fields of the state from a vector. Fields that the vector has as digests
// must have been set before.
func (f *StateTracker) follow(v *stateVector[fr.Element]) {
	z := &f.State
	z.Phase, z.Group, z.Start, z.Bits, z.Next = relation.Kind(number(v.Phase)), number(v.Group), number(v.Start),
		number(v.Bits), number(v.Next)
	z.Tokens, z.Said, z.CachePrev, z.CacheRead, z.CacheWrite = v.Tokens, v.Said, v.CachePrev, v.CacheRead, v.CacheWrite
	z.Model, z.Claims, z.Settle = v.Model, v.Claims, v.Settle
	if v.Window.IsZero() { // the pass has ended
		z.Window, z.Stream = nil, bn254.G1Affine{}
	}
}
