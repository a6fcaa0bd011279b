package step

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/transcript"
)

// The tokens of a run stand in two chains: the windows of passes that begin in the
// prompt, and those of passes that begin behind it, at last the token that no pass
// embeds. Every link has a salt of the prover's choice. Who knows tokens and salts
// computes a chain; without the salts it is a commitment that hides the tokens, also
// from those who can guess them. If a pass begins where the prompt ends, one chain is
// about the prompt alone and the other about the output alone, and each can be shown or
// hidden by itself.

// TokenSalts are the salts of all links of either chain.
type TokenSalts struct{ Prompt, Output fr.Element }

// saltTag is the hash that makes salts of one.
const saltTag = "fold token salt"

// NewTokenSalts derives both salts from a run's one: who is shown one of them learns
// nothing about the other.
func NewTokenSalts(salt fr.Element) TokenSalts {
	return TokenSalts{transcript.HashNative(saltTag, salt, fr.NewElement(0)), transcript.HashNative(saltTag, salt, fr.NewElement(1))}
}

// salt is that of the next link.
func (f *Follower) salt() fr.Element {
	if f.State.Start < f.State.Prompt {
		return f.Salts.Prompt
	}
	return f.Salts.Output
}

// EmptyTokens is what both chains begin with.
func EmptyTokens() fr.Element { return emptyChain(nativeBackend(), tokenChain) }

// AbsorbPass takes a chain over a pass of 2^bits tokens at start.
func AbsorbPass(chain fr.Element, start, bits int, tokens []int, salt fr.Element) fr.Element {
	return extendChain(nativeBackend(), tokenChain, chain, windowOf(start, bits, tokens), salt)
}

// AbsorbLast takes a chain over the token that no pass embeds.
func AbsorbLast(chain fr.Element, token int, salt fr.Element) fr.Element {
	return extendChain(nativeBackend(), tokenChain, chain, fr.NewElement(uint64(token)), salt)
}
