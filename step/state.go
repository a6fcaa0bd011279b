package step

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/transcript"
)

// ErrRun is wrapped by the errors about a step that does not continue its run, or
// a run that does not prove its statement.
var ErrRun = errors.New("step: run rejected")

// State is what a run hands from step to step. What the next step is follows from
// it; only the size of a pass is the prover's choice, when the pass begins.
type State struct {
	Phase  Kind  // of the next step
	Group  int   // of the next block step
	Start  int   // first position of the pass
	Bits   int   // j, within a pass
	Prompt int   // P
	Next   int   // the token that the last head chose
	Window []int // the tokens of the pass, within it

	Tokens fr.Element     // chain of the windows' digests, the salt first
	Stream bn254.G1Affine // commitment to the residual stream, within a pass

	// Chains of the groups' commitments to the cache, in the order in which every
	// pass visits them: what the last pass left, what this one has read, and what
	// it leaves. At a pass's end the first two must be one.
	CachePrev, CacheRead, CacheWrite fr.Element

	Model  fr.Element // chain of the records that the pass has opened, but the head's
	Claims fr.Element // chain of the claims on weights
	Cells  []Opening  // running claims by size class
	Cache  Opening    // running claim on the cache
}

// first is the state that a run starts from. The salt hides the tokens of private
// runs in their chain; it is zero in public ones.
func (p *Protocol) first(prompt int, salt fr.Element) State {
	b := nativeBackend()
	s := State{Phase: Embed, Prompt: prompt, Claims: emptyChain(b, claimChain)}
	s.Tokens = extendChain(b, tokenChain, emptyChain(b, tokenChain), salt)
	s.CachePrev = emptyChain(b, cacheChain)
	for range p.groups() {
		s.CachePrev = extendPoint(cacheChain, s.CachePrev, &bn254.G1Affine{})
	}
	for i := range p.classes {
		s.Cells = append(s.Cells, Opening{Running: Running[fr.Element]{Point: make([]fr.Element, p.classes[i].slots.Cells)}})
	}
	s.Cache.Point = make([]fr.Element, p.classes[0].slots.Cache)
	s.endPass(0)
	return s
}

// endPass forgets what holds within a pass alone.
func (s *State) endPass(tokens int) {
	empty := emptyChain(nativeBackend(), cacheChain)
	s.Phase, s.Group, s.Start = Embed, 0, s.Start+tokens
	s.Bits, s.Window, s.Stream = 0, nil, bn254.G1Affine{}
	s.CacheRead, s.CacheWrite = empty, empty
	s.Model = emptyChain(nativeBackend(), modelChain)
}

// digest is the hash of a state; every list in it with its length.
func (p *Protocol) stateDigest(s *State) fr.Element {
	var m []fr.Element
	ints := func(xs ...int) {
		for _, x := range xs {
			m = append(m, fr.NewElement(uint64(x)))
		}
	}
	m = append(m, p.digest)
	ints(int(s.Phase), s.Group, s.Start, s.Bits, s.Prompt, s.Next)
	m = append(m, windowDigest(s.Start, s.Window), s.Tokens, s.CachePrev, s.CacheRead, s.CacheWrite, s.Model, s.Claims)
	limbs := transcript.PointLimbs(&s.Stream)
	m = append(m, limbs[:]...)
	for _, o := range append(s.Cells[:len(s.Cells):len(s.Cells)], s.Cache) {
		limbs := transcript.PointLimbs(&o.Commitment)
		m = append(append(m, limbs[:]...), o.Value)
		ints(len(o.Point))
		m = append(m, o.Point...)
	}
	return transcript.HashNative(stateTag, m...)
}

// windowDigest is the digest of a pass's tokens at their positions.
func windowDigest(start int, tokens []int) fr.Element {
	m := []fr.Element{fr.NewElement(uint64(start)), fr.NewElement(uint64(len(tokens)))}
	for _, t := range tokens {
		m = append(m, fr.NewElement(uint64(t)))
	}
	return transcript.HashNative(windowTag, m...)
}

// Step is one step of a run. The fields before the proof are advice that only some
// kinds take.
type Step struct {
	Bits   int            // embed: the pass has 2^Bits tokens
	Tokens []int          // embed: these
	Next   int            // head: the token that it chooses after the last one
	Cache  bn254.G1Affine // block: the commitment to the group's cache before the pass
	Proof  *Proof
}

// check refuses advice that a kind does not take, so that a step has one form.
func (s *Step) check(k Kind) error {
	switch {
	case k != Embed && (s.Bits != 0 || len(s.Tokens) != 0), k != Head && s.Next != 0, k != Block && !s.Cache.IsInfinity():
		return fmt.Errorf("%w: advice for another kind of step than %s", ErrRun, k)
	case !s.Cache.IsOnCurve():
		return fmt.Errorf("%w: the commitment to the cache is not on the curve", ErrRun)
	}
	return nil
}

// Follower takes a run's state from step to step, and keeps the claims that its
// steps leave. Prover and verifier of a run both have one.
type Follower struct {
	*Protocol
	State State
	Log   ClaimLog
}

// Follow starts a run over a prompt of the given length.
func (p *Protocol) Follow(prompt int, salt fr.Element) *Follower {
	return &Follower{Protocol: p, State: p.first(prompt, salt)}
}

// statement is what the next step must prove, with the argument for it. It
// refuses advice that does not continue the run.
func (f *Follower) statement(s *Step) (*Argument, *Statement, error) {
	z := &f.State
	if err := s.check(z.Phase); err != nil {
		return nil, nil, err
	}
	g := Geometry{Start: z.Start, Bits: z.Bits, Prompt: z.Prompt, Tokens: z.Window}
	if z.Phase == Embed {
		g.Bits, g.Tokens = s.Bits, s.Tokens
	}
	i, err := f.class(g.Bits)
	if err != nil {
		return nil, nil, err
	}
	switch z.Phase {
	case Embed:
		if z.Start >= z.Prompt && (len(s.Tokens) == 0 || s.Tokens[0] != z.Next) {
			return nil, nil, fmt.Errorf("%w: the pass at position %d starts with tokens %v, the model chose %d", ErrRun, z.Start, s.Tokens, z.Next)
		}
		if end := z.Start + 1<<s.Bits; end > f.Model.Description.Config.Context {
			return nil, nil, fmt.Errorf("%w: a pass up to position %d, the context ends at %d", ErrRun, end-1, f.Model.Description.Config.Context)
		}
	case Head:
		g.Next = s.Next
	}
	a := f.classes[i].arguments[z.Phase]
	st := &Statement{Context: f.stateDigest(z), Geometry: g, Input: z.Stream, Running: [2]Opening{z.Cells[i], z.Cache}}
	if z.Phase == Block {
		st.Cache = s.Cache
	}
	st.Record, err = f.Model.stepRecord(a.plan.Program, z.Group*f.Blocks, f.Blocks)
	return a, st, err
}

// Verify checks a step and takes the state on.
func (f *Follower) Verify(s *Step) error {
	a, st, err := f.statement(s)
	if err != nil {
		return err
	}
	if s.Proof == nil {
		return fmt.Errorf("%w: a step without a proof", ErrRun)
	}
	r, err := a.Verify(st, s.Proof)
	if err != nil {
		return fmt.Errorf("%w: %s at position %d, group %d: %w", ErrRun, f.State.Phase, f.State.Start, f.State.Group, err)
	}
	return f.advance(s, st, r)
}

// advance takes the state over a step that holds.
func (f *Follower) advance(s *Step, st *Statement, r *Result) error {
	z, b := &f.State, nativeBackend()
	i, err := f.class(st.Geometry.Bits)
	if err != nil {
		return err
	}
	from, n := f.Model.stepRecords(z.Phase, z.Group*f.Blocks, f.Blocks)
	z.Cells[i], z.Cache = r.Running[SlotCells], r.Running[SlotCache]
	records := f.ID.Digest[from : from+n]
	z.Claims = extendChain(b, claimChain, z.Claims, stepClaims(b, records, r.Deferred))
	if err := f.Log.add(z.Phase, from, n, r.Deferred); err != nil {
		return err
	}
	if z.Phase == Head { // its record is compared by itself: it is the model's own
		z.Next = s.Next
		return f.finishPass()
	}
	for _, d := range records {
		z.Model = extendChain(b, modelChain, z.Model, d)
	}
	z.Stream = r.Output
	if z.Phase == Embed {
		z.Phase, z.Bits, z.Window = Block, s.Bits, s.Tokens
		z.Tokens = extendChain(b, tokenChain, z.Tokens, windowDigest(z.Start, s.Tokens))
		return nil
	}
	z.CacheRead = extendPoint(cacheChain, z.CacheRead, &s.Cache)
	z.CacheWrite = extendPoint(cacheChain, z.CacheWrite, &r.Cache)
	if z.Group++; z.Group < f.groups() {
		return nil
	}
	if z.Start+1<<z.Bits >= z.Prompt { // it chooses a token
		z.Phase = Head
		return nil
	}
	return f.finishPass()
}

// finishPass compares what a pass read of the cache with what the last one left,
// and the records that it opened with the model's.
func (f *Follower) finishPass() error {
	z := &f.State
	if !z.CacheRead.Equal(&z.CachePrev) {
		return fmt.Errorf("%w: the pass at position %d reads another cache than the one before it left", ErrRun, z.Start)
	}
	if !z.Model.Equal(&f.ID.Body) {
		return fmt.Errorf("%w: the pass at position %d opened other records than the model's", ErrRun, z.Start)
	}
	z.CachePrev = z.CacheWrite
	z.endPass(1 << z.Bits)
	return nil
}
