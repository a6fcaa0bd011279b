package step

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// FirstState is z_0 of a run over a prompt of the given length.
func (p *Protocol) FirstState(prompt int, salt fr.Element) []fr.Element {
	z := p.first(prompt, salt)
	return p.Elements(&z)
}

// LastState is z_n of a settled run: what a verifier accepts, and the only such state.
// It follows from the statement, the sizes of the run's passes (2^bits tokens each) and
// the running claims that are to be opened: by class, the cache's, the weights'. Errors
// wrap ErrRun.
func (p *Protocol) LastState(st *RunStatement, passBits []int, slots []Opening) ([]fr.Element, error) {
	v, err := p.NewRunVerifier(st)
	if err != nil {
		return nil, err
	}
	z := v.State
	if z.Start, z.Tokens, err = v.embedded(passBits); err != nil {
		return nil, err
	}
	z.Tokens = extendChain(nativeBackend(), tokenChain, z.Tokens, fr.NewElement(uint64(v.last)))
	last := State{Phase: Settled, Start: z.Start, Prompt: z.Prompt, Tokens: z.Tokens}
	if err := last.setSlots(slots, &z); err != nil {
		return nil, err
	}
	return p.Elements(&last), nil
}

// embedded is where passes of the given sizes end, which must be all that the statement
// needs, and the chain of the tokens that they embed.
func (v *RunVerifier) embedded(passBits []int) (start int, tokens fr.Element, err error) {
	b := nativeBackend()
	tokens = v.State.Tokens
	for _, bits := range passBits {
		if _, err := v.class(bits); err != nil {
			return start, tokens, err
		}
		end := start + 1<<bits
		if start%(1<<bits) != 0 || end > len(v.known) {
			return start, tokens, fmt.Errorf("%w: a pass of %d tokens at position %d of %d", ErrRun, 1<<bits, start, len(v.known))
		}
		tokens = extendChain(b, tokenChain, tokens, windowOf(start, bits, v.known[start:end]))
		start = end
	}
	if start != len(v.known) {
		return start, tokens, fmt.Errorf("%w: passes over %d positions, expected %d", ErrRun, start, len(v.known))
	}
	return start, tokens, nil
}

// setSlots takes the running claims of a verifier, which must be of the lengths of
// those of another state.
func (z *State) setSlots(slots []Opening, like *State) error {
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
