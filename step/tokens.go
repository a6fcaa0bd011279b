package step

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/argument"
)

// The tokens of a run stand in two chains: the windows of passes that begin in the
// prompt, and those of passes that begin behind it, at last the token that no pass
// embeds. If a pass begins where the prompt ends, one chain is about the prompt alone
// and the other about the output alone, and each can be shown or hidden by itself.
//
// Within a run the chains have no salt: a state before the last is never shown, and its
// digest contains blinded commitments. The last step of a settlement seals each chain
// with a salt of its own. A sealed chain is a commitment to the tokens that is computed
// from tokens and salt, and that hides the tokens, also from somebody who guesses them.

// The hashes that seal the chains. Each part has its own: the seal of one part is never
// the seal of the other.
const (
	sealPromptTag = "fold sealed prompt"
	sealOutputTag = "fold sealed output"
)

// TokenSalts are what the chains of prompt and output are sealed with: two uniform
// elements, drawn for one settlement and used in no other.
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

// EmptyTokens is what both chains begin with.
func EmptyTokens() fr.Element { return transcript.EmptyChain(transcript.NewField(), tokenChain) }

// AbsorbPass takes a chain over a pass of 2^bits tokens at start.
func AbsorbPass(chain fr.Element, start, bits int, tokens []int) fr.Element {
	return transcript.ExtendChain(transcript.NewField(), tokenChain, chain, argument.WindowDigest(start, bits, tokens))
}

// SealPrompt seals the prompt's chain after its last window.
func SealPrompt(chain, salt fr.Element) fr.Element {
	return sealed(transcript.NewField(), sealPromptTag, salt, chain)
}

// SealOutput seals the output's chain with the token that no pass embeds.
func SealOutput(chain fr.Element, token int, salt fr.Element) fr.Element {
	return sealed(transcript.NewField(), sealOutputTag, salt, chain, fr.NewElement(uint64(token)))
}

// sealed is hash(tag; salt, list).
func sealed[E any](b transcript.Backend[E], tag string, salt E, list ...E) E {
	return transcript.Hash(b, tag, append([]E{salt}, list...)...)
}

// sealTokens makes the sealed chains, which the last step of a settlement leaves: that of
// the output with the token that no pass embeds. No constraint is on the salts. These are the
// first hashes of a settlement's step, so that the circuit borrows them from the argument (lender).
func (t *transition[E]) sealTokens() {
	s, in := &t.settling, &t.in.settleAdvice
	s.prompt = sealed[E](t, sealPromptTag, in.SaltPrompt, t.z.Tokens)
	s.output = sealed[E](t, sealOutputTag, in.SaltOutput, t.z.Said, t.z.Next)
}

// nextTokens extends a token chain by the window that a pass embeds; the last step of a
// settlement replaces both by the sealed ones.
func (t *transition[E]) nextTokens(z *stateVector[E]) {
	s := &t.settling
	chain := t.Select(t.behind, t.z.Said, t.z.Tokens)
	chain = transcript.ExtendChain[E](t, tokenChain, chain, t.window)
	said := t.Mul(t.embed, t.behind)
	z.Said = t.Select(s.maskLast, s.output, t.Select(said, chain, t.z.Said))
	z.Tokens = t.Select(s.maskLast, s.prompt, t.Select(t.Sub(t.embed, said), chain, t.z.Tokens))
}
