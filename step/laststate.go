package step

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
)

// FirstState returns z_0 of a run over a prompt of the given length.
func (p *Params) FirstState(prompt int) []fr.Element {
	z := p.first(prompt)
	return p.Elements(&z)
}

// LastState returns z_n of a settled run, the only last state that a verifier accepts. It is a
// function of the statement, the salts of the settlement, the sizes of the run's passes
// (2^bits tokens each) and the running claims that are opened: by size class, then the cache's
// and the weights'. The error wraps ErrRun.
func (p *Params) LastState(st *RunStatement, salts TokenSalts, passBits []int,
	slots []argument.CommittedClaim) ([]fr.Element, error) {
	v, err := p.NewRunVerifier(st)
	if err != nil {
		return nil, err
	}
	z, err := v.embedded(passBits)
	if err != nil {
		return nil, err
	}
	last := State{
		Phase: relation.Settled, Start: z.Start, Prompt: z.Prompt,
		Tokens: SealPrompt(z.Tokens, salts.Prompt), Said: SealOutput(z.Said, v.last, salts.Output),
	}
	if err := last.setSlots(slots, z); err != nil {
		return nil, err
	}
	return p.Elements(&last), nil
}

// embedded returns the state after passes of the given sizes. Only its Start and its token
// chains are set for that state. The passes must cover all positions of the statement.
func (v *RunVerifier) embedded(passBits []int) (*State, error) {
	z := v.State
	for _, bits := range passBits {
		if _, err := v.class(bits); err != nil {
			return nil, err
		}
		end := z.Start + 1<<bits
		if z.Start%(1<<bits) != 0 || end > len(v.known) {
			return nil, fmt.Errorf("%w: a pass of %d tokens at position %d of %d", ErrRun, 1<<bits, z.Start,
				len(v.known))
		}
		chain := &z.Tokens
		if z.Start >= z.Prompt {
			chain = &z.Said
		}
		*chain = AbsorbPass(*chain, z.Start, bits, v.known[z.Start:end])
		z.Start = end
	}
	if z.Start != len(v.known) {
		return nil, fmt.Errorf("%w: passes over %d positions, expected %d", ErrRun, z.Start, len(v.known))
	}
	return &z, nil
}

// setSlots sets the running claims. They must have as many coordinates as those of like, and
// their commitments must be on the curve.
func (z *State) setSlots(slots []argument.CommittedClaim, like *State) error {
	want := like.slots()
	if len(slots) != len(want) {
		return fmt.Errorf("%w: %d running claims, expected %d", ErrRun, len(slots), len(want))
	}
	for i := range slots {
		if n, m := len(slots[i].Point), len(want[i].Point); n != m {
			return fmt.Errorf("%w: running claim %d at %d coordinates, expected %d", ErrRun, i, n, m)
		}
		if !slots[i].Commitment.IsOnCurve() {
			return fmt.Errorf("%w: running claim %d is not on the curve", ErrRun, i)
		}
	}
	n := len(slots)
	z.Cells, z.Cache, z.Weights = slots[:n-2:n-2], slots[n-2], slots[n-1]
	return nil
}
