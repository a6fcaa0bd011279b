package step

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/argument"
)

// The tokens of a run are in two chains: the chain of the windows of passes that begin in the
// prompt, and the chain of the windows of passes that begin after it, followed by the token
// that no pass embeds. If a pass begins at the end of the prompt, the first chain covers
// exactly the prompt and the second exactly the output, and each can be shown or hidden
// separately.
//
// Within a run the chains have no salt: a state before the last is never public, and its
// digest contains blinded commitments. The last step of a settlement seals each chain with its
// own salt. A sealed chain is a hiding commitment to the tokens: it is computed from tokens
// and salt, and a guess of the tokens cannot be tested without the salt.

// Tags of the hashes that seal the chains. The tags differ, so that a seal of one part is
// never a seal of the other.
const (
	sealPromptTag = "fold sealed prompt"
	sealOutputTag = "fold sealed output"
)

// TokenSalts are the salts that seal the chains of prompt and output: two uniform elements,
// drawn for one settlement and used in no other.
type TokenSalts struct{ Prompt, Output fr.Element }

// NewTokenSalts draws salts from the system's generator.
func NewTokenSalts() (s TokenSalts, err error) {
	for _, e := range []*fr.Element{&s.Prompt, &s.Output} {
		if _, err := e.SetRandom(); err != nil {
			return s, fmt.Errorf("step: drawing the salts of the tokens: %w", err)
		}
	}
	return s, nil
}

// EmptyTokens returns the first value of both chains.
func EmptyTokens() fr.Element { return transcript.EmptyChain(transcript.NewField(), tokenChain) }

// AbsorbPass extends a chain by a pass of 2^bits tokens at start.
func AbsorbPass(chain fr.Element, start, bits int, tokens []int) fr.Element {
	return transcript.ExtendChain(transcript.NewField(), tokenChain, chain, argument.WindowDigest(start, bits, tokens))
}

// SealPrompt seals the prompt's chain after its last window.
func SealPrompt(chain, salt fr.Element) fr.Element {
	return sealed(transcript.NewField(), sealPromptTag, salt, chain)
}

// SealOutput seals the output's chain together with the token that no pass embeds.
func SealOutput(chain fr.Element, token int, salt fr.Element) fr.Element {
	return sealed(transcript.NewField(), sealOutputTag, salt, chain, fr.NewElement(uint64(token)))
}

// sealed returns hash(tag; salt, list).
func sealed[E any](b transcript.Backend[E], tag string, salt E, list ...E) E {
	return transcript.Hash(b, tag, append([]E{salt}, list...)...)
}

// sealTokens computes the sealed chains, which the last step of a settlement puts into the
// state. The salts are unconstrained. These are the first hashes of a settlement's step, so
// that the circuit shares their permutations with the argument (gadget.PermutationMux).
func (t *transition[E]) sealTokens() {
	s, in := &t.settling, &t.in.settleAdvice
	s.prompt = sealed[E](t, sealPromptTag, in.SaltPrompt, t.z.Tokens)
	s.output = sealed[E](t, sealOutputTag, in.SaltOutput, t.z.Said, t.z.Next)
}

// nextTokens extends a token chain by the window that a pass embeds. The last step of a
// settlement replaces both chains by the sealed ones.
func (t *transition[E]) nextTokens(z *stateVector[E]) {
	s := &t.settling
	chain := t.Select(t.behind, t.z.Said, t.z.Tokens)
	chain = transcript.ExtendChain[E](t, tokenChain, chain, t.window)
	said := t.Mul(t.embed, t.behind)
	z.Said = t.Select(s.maskLast, s.output, t.Select(said, chain, t.z.Said))
	z.Tokens = t.Select(s.maskLast, s.prompt, t.Select(t.Sub(t.embed, said), chain, t.z.Tokens))
}
