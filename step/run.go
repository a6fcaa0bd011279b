package step

import (
	"fmt"
	"slices"

	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
)

// RunStatement is the statement of a run: Output is the greedy continuation of Prompt by the
// committed model, whether or not it ends the text.
type RunStatement struct{ Prompt, Output []int }

// Run is a run with the proofs of its steps. It is not zero-knowledge: it shows the tokens,
// the state of every step and the values of the running claims.
type Run struct {
	RunStatement
	Steps []Step
}

// RunVerifier verifies a run step by step.
type RunVerifier struct {
	*StateTracker
	known []int // all tokens except the last, which no pass embeds
	last  int
}

// check checks that prompt and output have tokens, each below the vocabulary's size. A
// window's digest packs its tokens, so a token out of range could collide with two others.
func (st *RunStatement) check(vocab int) error {
	if len(st.Prompt) < 1 || len(st.Output) < 1 {
		return fmt.Errorf("%w: a prompt of %d and an output of %d tokens, expected at least one of each", ErrRun,
			len(st.Prompt), len(st.Output))
	}
	for _, token := range slices.Concat(st.Prompt, st.Output) {
		if token < 0 || token >= vocab {
			return fmt.Errorf("%w: token %d, expected 0 to %d", ErrRun, token, vocab-1)
		}
	}
	return nil
}

// NewRunVerifier starts the verification of a statement. The error wraps ErrRun.
func (p *Params) NewRunVerifier(st *RunStatement) (*RunVerifier, error) {
	if err := st.check(p.vocab()); err != nil {
		return nil, err
	}
	n := len(st.Output) - 1
	return &RunVerifier{p.Track(len(st.Prompt)), slices.Concat(st.Prompt, st.Output[:n]), st.Output[n]}, nil
}

// Step verifies the next step. The tokens of a pass must be the statement's. StateTracker
// checks the proof of the step.
func (v *RunVerifier) Step(s *Step) error {
	if z := &v.State; z.Phase == relation.Embed {
		end := z.Start + len(s.Tokens)
		if end > len(v.known) || !slices.Equal(s.Tokens, v.known[z.Start:end]) {
			return fmt.Errorf("%w: the tokens %v at position %d are not those stated", ErrRun, s.Tokens, z.Start)
		}
	}
	return v.Verify(s)
}

// Arrive sets the state to z, the last state of the run. The tokens of the run's passes, of
// 2^bits each, must be the statement's. Arrive does not check that z follows from the first
// state: a recursion proves it. The error wraps ErrRun.
func (v *RunVerifier) Arrive(z *State, passBits []int) error {
	want, err := v.embedded(passBits)
	switch {
	case err != nil:
		return err
	case z.Prompt != v.State.Prompt:
		return fmt.Errorf("%w: it is about a prompt of %d tokens, stated is one of %d", ErrRun, z.Prompt,
			v.State.Prompt)
	case z.Tokens != want.Tokens || z.Said != want.Said:
		return fmt.Errorf("%w: it is about other tokens, or passes of other sizes, than those stated", ErrRun)
	}
	v.State = *z
	return v.atEnd()
}

// atEnd returns an error unless the state is the end of the statement.
func (v *RunVerifier) atEnd() error {
	switch z := &v.State; {
	case z.Phase != relation.Embed:
		return fmt.Errorf("%w: it ends within a pass, before a step of kind %s", ErrRun, z.Phase)
	case z.Start != len(v.known):
		return fmt.Errorf("%w: it covers %d positions, expected %d", ErrRun, z.Start, len(v.known))
	case z.Next != v.last:
		return fmt.Errorf("%w: the last token chosen is %d, stated is %d", ErrRun, z.Next, v.last)
	}
	return nil
}

// VerifyRun verifies the steps of a run, all and in order, and returns the tracker in the last
// state. The caller must still check the claims on weights of its log (CheckClaims) and the
// running claims of its state. The error wraps ErrRun.
func VerifyRun(p *Params, r *Run) (*StateTracker, error) {
	v, err := p.NewRunVerifier(&r.RunStatement)
	if err != nil {
		return nil, err
	}
	for i := range r.Steps {
		if err := v.Step(&r.Steps[i]); err != nil {
			return nil, fmt.Errorf("step %d: %w", i, err)
		}
	}
	return v.StateTracker, v.atEnd()
}

// open returns the running claims except the weights': by size class, then the cache's.
func (z *State) open() []argument.CommittedClaim { return append(slices.Clone(z.Cells), z.Cache) }
