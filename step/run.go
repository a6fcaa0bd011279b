package step

import (
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/commit/mercury"
	"fold/internal/transcript"
)

// RunStatement is what a run states: Output is the greedy continuation of Prompt by
// the committed model, whether it ends the text or not.
type RunStatement struct{ Prompt, Output []int }

// Conclusion is what a finished run needs beyond the proofs of its steps.
type Conclusion struct {
	Settlement *Settlement
	Openings   []*mercury.Proof // of the running claims: by class, then the cache's
}

// Run is a finished run with its proof. It is not zero-knowledge: the state of every
// step, the values of the running claims and the tokens are in the open.
type Run struct {
	RunStatement
	Steps []Step
	Conclusion
}

const openingDomain = "fold running claims v1"

// RunVerifier verifies a run step by step.
type RunVerifier struct {
	*Follower
	known []int // all tokens but the last, which no pass embeds
	last  int
}

// check refuses statements that lack a token, or have one that the model has not: a
// window's digest packs its tokens, so that one beyond their range could stand for two.
func (st *RunStatement) check(vocab int) error {
	if len(st.Prompt) < 1 || len(st.Output) < 1 {
		return fmt.Errorf("%w: a prompt of %d and an output of %d tokens, expected at least one of each", ErrRun, len(st.Prompt), len(st.Output))
	}
	for _, token := range slices.Concat(st.Prompt, st.Output) {
		if token < 0 || token >= vocab {
			return fmt.Errorf("%w: token %d, expected 0 to %d", ErrRun, token, vocab-1)
		}
	}
	return nil
}

// NewRunVerifier starts the verification of what a run states. Errors wrap ErrRun.
func (p *Protocol) NewRunVerifier(st *RunStatement) (*RunVerifier, error) {
	if err := st.check(p.vocab()); err != nil {
		return nil, err
	}
	n := len(st.Output) - 1
	return &RunVerifier{p.Follow(len(st.Prompt)), slices.Concat(st.Prompt, st.Output[:n]), st.Output[n]}, nil
}

// Step verifies the next step. Its tokens must be those stated; that the step proves
// anything about them is Follower's to check.
func (v *RunVerifier) Step(s *Step) error {
	if z := &v.State; z.Phase == Embed {
		end := z.Start + len(s.Tokens)
		if end > len(v.known) || !slices.Equal(s.Tokens, v.known[z.Start:end]) {
			return fmt.Errorf("%w: the tokens %v at position %d are not those stated", ErrRun, s.Tokens, z.Start)
		}
	}
	return v.Verify(s)
}

// Claims adds the claims on weights of the run's next step, of the given pass and group
// of blocks, as a prover's trail has them. That the step left these is seen at the end:
// their chain must be that of the last state. Errors wrap ErrRun or ErrEncoding.
func (v *RunVerifier) Claims(k Kind, p PassSize, group int, trail []byte) error {
	f := &Follower{Protocol: v.Protocol, State: State{Phase: k, Group: group, Start: p.Start, Bits: p.Bits}}
	s, t, err := f.DecodeTrail(trail)
	if err != nil {
		return err
	}
	if n := f.bitsOf(s); n != p.Bits {
		return fmt.Errorf("%w: a pass of 2^%d tokens, expected 2^%d", ErrRun, n, p.Bits)
	}
	v.Log.Steps = append(v.Log.Steps, *f.claimsOf(&Geometry{Start: p.Start, Bits: p.Bits}, &t.Claims))
	return nil
}

// Arrive takes the verifier to the state that the run ended with. That it follows from
// the first is for a recursion to prove; here the tokens of its passes, of 2^bits each,
// must be those stated. Errors wrap ErrRun.
func (v *RunVerifier) Arrive(z *State, passBits []int) error {
	want, err := v.embedded(passBits)
	switch {
	case err != nil:
		return err
	case z.Prompt != v.State.Prompt:
		return fmt.Errorf("%w: it is about a prompt of %d tokens, stated is one of %d", ErrRun, z.Prompt, v.State.Prompt)
	case z.Tokens != want.Tokens || z.Said != want.Said:
		return fmt.Errorf("%w: it is about other tokens, or passes of other sizes, than those stated", ErrRun)
	}
	v.State = *z
	return v.atEnd()
}

// atEnd reports whether the steps were all that the statement needs.
func (v *RunVerifier) atEnd() error {
	switch z := &v.State; {
	case z.Phase != Embed:
		return fmt.Errorf("%w: it ends within a pass, before a step of kind %s", ErrRun, z.Phase)
	case z.Start != len(v.known):
		return fmt.Errorf("%w: it covers %d positions, expected %d", ErrRun, z.Start, len(v.known))
	case z.Next != v.last:
		return fmt.Errorf("%w: the last token chosen is %d, stated is %d", ErrRun, z.Next, v.last)
	}
	return nil
}

// Finish verifies the conclusion: Settled and Opened.
func (v *RunVerifier) Finish(vk *mercury.VerifierKey, c *Conclusion) error {
	if err := v.Settled(vk, c); err != nil {
		return err
	}
	return v.Opened(vk, c)
}

// Settled verifies that the steps were all, and the settlement of all their claims on
// weights: the only part of a conclusion that takes longer for more steps. vk must be of
// the key that the model is committed with.
func (v *RunVerifier) Settled(vk *mercury.VerifierKey, c *Conclusion) error {
	if err := v.atEnd(); err != nil {
		return err
	}
	if c.Settlement == nil {
		return fmt.Errorf("%w: no settlement of the weights", ErrRun)
	}
	return VerifySettlement(vk, v.Protocol, &v.Log, v.State.Claims, c.Settlement)
}

// Opened verifies the openings of the running claims; vk is as in Settled.
func (v *RunVerifier) Opened(vk *mercury.VerifierKey, c *Conclusion) error {
	open := v.State.open()
	if len(c.Openings) != len(open) {
		return fmt.Errorf("%w: openings of %d running claims, expected %d", ErrRun, len(c.Openings), len(open))
	}
	for i, o := range open {
		if err := o.verify(vk, v.stateDigest(&v.State), c.Openings[i]); err != nil {
			return fmt.Errorf("%w: running claim %d: %w", ErrRun, i, err)
		}
	}
	return nil
}

// VerifyRun checks a run: every step in order, and its conclusion.
func VerifyRun(vk *mercury.VerifierKey, p *Protocol, r *Run) error {
	v, err := p.NewRunVerifier(&r.RunStatement)
	if err != nil {
		return err
	}
	for i := range r.Steps {
		if err := v.Step(&r.Steps[i]); err != nil {
			return fmt.Errorf("step %d: %w", i, err)
		}
	}
	return v.Finish(vk, &r.Conclusion)
}

// open lists the running claims.
func (z *State) open() []Opening { return append(slices.Clone(z.Cells), z.Cache) }

// unused says that a claim is still what a run starts with: that zero is zero.
func (o *Opening) unused() bool {
	for i := range o.Point {
		if !o.Point[i].IsZero() {
			return false
		}
	}
	return o.Value.IsZero() && o.Commitment.IsInfinity()
}

func (o *Opening) transcript(state fr.Element) (*transcript.Native, []mercury.Claim) {
	tr := transcript.New(openingDomain)
	tr.Absorb("state", state)
	return tr, []mercury.Claim{{Commitment: o.Commitment, NumVars: len(o.Point), Value: o.Value}}
}

func (o *Opening) verify(vk *mercury.VerifierKey, state fr.Element, p *mercury.Proof) error {
	if o.unused() {
		if p != nil {
			return fmt.Errorf("an opening of a claim that no step made")
		}
		return nil
	}
	if p == nil {
		return fmt.Errorf("no opening")
	}
	tr, claims := o.transcript(state)
	return mercury.Verify(vk, tr, o.Point, claims, p)
}

// prove opens a running claim, with a mask from the system's generator.
func (o *Opening) prove(key *mercury.ProverKey, state fr.Element, q *Polynomial) (*mercury.Proof, error) {
	if o.unused() {
		return nil, nil
	}
	tr, claims := o.transcript(state)
	return mercury.Open(key, tr, o.Point, claims, []mercury.Witness{{Polynomial: mercury.Dense(q.Values), Blind: q.Blind}}, nil)
}
