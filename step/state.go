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

// ErrRun is wrapped by the errors about a step that does not continue its run, or
// a run that does not prove its statement.
var ErrRun = errors.New("step: run rejected")

// State is what a run hands from step to step. What the next step is follows from
// it; only the size of a pass is the prover's choice, when the pass begins, and
// whether the run is settled at its end. Its form as a list of elements, of which
// a recursion hands on the hash, is Protocol.Elements.
type State struct {
	Phase  relation.Kind // of the next step
	Group  int           // of the next block step; in a settlement, how many steps its phase has made
	Start  int           // first position of the pass
	Bits   int           // j, within a pass
	Prompt int           // P
	Next   int           // the token that the last head chose
	Window []int         // the tokens of the pass, within it

	Tokens fr.Element // chain of the windows that begin in the prompt; sealed in the last state
	// of those that begin behind it; in the last state also of the token that no pass embeds, and sealed
	Said   fr.Element
	Stream bn254.G1Affine // commitment to the residual stream, within a pass

	// Chains of the groups' commitments to the cache, in the order in which every
	// pass visits them: what the last pass left, what this one has read, and what
	// it leaves. At a pass's end the first two must be one.
	CachePrev, CacheRead, CacheWrite fr.Element

	Model   fr.Element                // chain of the records that the pass has opened, but the head's
	Claims  fr.Element                // chain of the claims on weights
	Settle  Settling                  // zero before a settlement
	Cells   []argument.CommittedClaim // running claims by size class
	Cache   argument.CommittedClaim   // running claim on the cache
	Weights argument.CommittedClaim   // the settled claim on the weights
}

// Settling is what a settlement hands from step to step.
type Settling = settleVector[fr.Element]

// first is the state that a run starts from.
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

// slots lists all running claims: by class, the cache's, the weights'.
func (z *State) slots() []argument.CommittedClaim { return append(z.open(), z.Weights) }

// stateDigest is the hash of the protocol and a state.
func (p *Params) stateDigest(z *State) fr.Element {
	return p.digestOf(p.Elements(z))
}

func (p *Params) digestOf(z []fr.Element) fr.Element {
	return transcript.HashNative(stateTag, append([]fr.Element{p.digest}, z...)...)
}

// Step is one step of a run. The fields before the proof are advice that only some
// kinds take.
type Step struct {
	Bits   int            // embed: the pass has 2^Bits tokens
	Tokens []int          // embed: these
	Next   int            // head: the token that it chooses after the last one
	Cache  bn254.G1Affine // block: the commitment to the group's cache before the pass
	Proof  *argument.Proof
}

// check refuses advice that a kind does not take, so that a step has one form.
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

// StateTracker takes a run's state from step to step, and keeps the claims that its
// steps leave. Prover and verifier of a run both have one. The rules are those of
// transition: it runs the text that is the circuit of a recursion.
type StateTracker struct {
	*Params
	State State
	Log   ClaimLog

	// Context, if it is set, is what the transcript of the next step begins with: a
	// digest of the state's elements and of what is constant in the run. It is set by
	// a recursion, which has a hash of its own; otherwise it is the digest of the
	// protocol and the state.
	Context func(z []fr.Element) fr.Element
}

// Track starts a run over a prompt of the given length.
func (p *Params) Track(prompt int) *StateTracker {
	return &StateTracker{Params: p, State: p.first(prompt)}
}

// InContext makes a prover's steps begin with the digest of the state that a recursion
// gives, as Tracker.Context does a verifier's.
func (q *RunProver) InContext(of func(z []fr.Element) fr.Element) { q.tracker.Context = of }

func (f *StateTracker) context() fr.Element {
	if f.Context != nil {
		return f.Context(f.Elements(&f.State))
	}
	return f.stateDigest(&f.State)
}

// statement is what the next step must prove, with the argument for it. It
// refuses advice that does not continue the run.
func (f *StateTracker) statement(s *Step) (*argument.Argument, *argument.Statement, error) {
	z := &f.State
	st, class, err := f.start(s)
	if err != nil {
		return nil, nil, err
	}
	a := f.classes[class].arguments[z.Phase]
	st.Context = f.context()
	if st.Record, err = f.Model.StepRecord(a.Plan.Program, z.Group*f.Blocks, f.Blocks); err != nil {
		return nil, nil, err
	}
	t, m := f.transition(f.passAdvice(st))
	t.begin()
	return a, st, f.refused(m)
}

// start is what a step of a pass starts from, but for the context and the record,
// and its class.
func (f *StateTracker) start(s *Step) (*argument.Statement, int, error) {
	z := &f.State
	if err := s.check(z.Phase); err != nil {
		return nil, 0, err
	}
	// in a file, never after a step
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

// geometry is the pass that the step is of.
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

// transition is that of the next step.
func (f *StateTracker) transition(in *transitionAdvice[fr.Element]) (*transition[fr.Element], nativeRanges) {
	m := newNativeRanges()
	return newTransition(f.Params, m, f.vector(&f.State), in), m
}

// refused turns a rule that the step breaks into an error.
func (f *StateTracker) refused(m nativeRanges) error {
	if err := m.Err(); err != nil {
		return fmt.Errorf("%w: %s at position %d, group %d: %w", ErrRun, f.State.Phase, f.State.Start, f.State.Group,
			err)
	}
	return nil
}

// Verify checks a step and takes the state on.
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

// advance takes the state over a step that holds.
func (f *StateTracker) advance(s *Step, r *argument.Result) error {
	z := &f.State
	st, class, err := f.start(s)
	if err != nil {
		return err
	}
	claims := f.claimsOf(&st.Geometry, &r.Weights)
	in := f.passAdvice(st)
	in.Points = limbsOfPoints(stepPoints(st, &argument.Commitments{Output: r.Output}, r)) // the others go nowhere
	t, m := f.transition(in)
	t.begin()
	if err := t.settle(fr.Element{}); err != nil { // it makes no difference to a step of a pass
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

// follow makes the state that a vector stands for; what the vector has digests of
// has been set before.
func (f *StateTracker) follow(v *stateVector[fr.Element]) {
	z := &f.State
	z.Phase, z.Group, z.Start, z.Bits, z.Next = relation.Kind(number(v.Phase)), number(v.Group), number(v.Start),
		number(v.Bits), number(v.Next)
	z.Tokens, z.Said, z.CachePrev, z.CacheRead, z.CacheWrite = v.Tokens, v.Said, v.CachePrev, v.CacheRead, v.CacheWrite
	z.Model, z.Claims, z.Settle = v.Model, v.Claims, v.Settle
	if v.Window.IsZero() { // no pass
		z.Window, z.Stream = nil, bn254.G1Affine{}
	}
}
