package argument

import (
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/transcript"
	"fold/step/relation"
)

// Domain tags of what is hashed for a statement of the argument.
const (
	claimsTag    = "fold step claims"
	windowTag    = "fold window"
	noWindowTag  = "fold no window" // of tokens that no step embeds
	slotTag      = "fold running claim"
	contextTag   = "fold context"
	statementTag = "fold step statement"
)

// What the digest of a window packs: 12 tokens of 20 bits an element, which leaves
// room behind the last 8 of the 128 that a pass has at most.
const (
	TokenBits      = 20
	tokensPerField = 12
	WindowTokens   = 1 << relation.MaxPassBits
	windowElements = (WindowTokens + tokensPerField - 1) / tokensPerField
)

// PackedWindowDigest is the digest of a pass's tokens at their positions: its start, j
// and up to 128 tokens, those that the pass does not have being zero, in one block
// of the wide permutation.
func PackedWindowDigest[E any](b transcript.Backend[E], start, j E, tokens []E) E {
	m := transcript.Padded(b, nil, windowElements)
	put := func(at int, bit uint, x E) {
		var shift fr.Element
		shift.SetBigInt(relation.Pow2(int(bit)))
		m[at] = b.Add(m[at], b.Mul(b.Const(shift), x))
	}
	for t, x := range tokens {
		put(t/tokensPerField, uint(t%tokensPerField*TokenBits), x)
	}
	const free = WindowTokens % tokensPerField * TokenBits
	put(windowElements-1, free, start)
	put(windowElements-1, free+TokenBits, j)
	return transcript.Hash(b, windowTag, m...)
}

// ClaimVars is the length of a running claim's point in its digest: one of fewer
// coordinates has zeros in front, which is a claim on the same polynomial extended
// by zeros.
const ClaimVars = 28

// ClaimDigest is the digest of a running claim: three blocks of the wide permutation for
// every size of slot. The point's last coordinate is the first of what is hashed, so
// that claims whose points end alike have blocks in common: a step leaves two such.
func ClaimDigest[E any](b transcript.Backend[E], commitment Limbs[E], r EvalClaim[E]) E {
	m := ExtendedClaim(b, r).Point
	slices.Reverse(m)
	return transcript.Hash(b, slotTag, append(append(m, commitment[:]...), r.Value)...)
}

// ExtendedClaim is the claim at as many coordinates as a digest has.
func ExtendedClaim[E any](b transcript.Backend[E], r EvalClaim[E]) EvalClaim[E] {
	return EvalClaim[E]{append(transcript.Padded(b, nil, ClaimVars-len(r.Point)), r.Point...), r.Value}
}

// StatementElements is what the transcript of a step begins with: the context, which covers the
// state, and the advice of the step that the state does not bind. The rest is in the
// state already; it is here for statements of any other origin.
type StatementElements[E any] [5]E

// ElementsOf packs the prompt with the token that was chosen, which has tokenBits.
func ElementsOf[E any](b transcript.Backend[E], context, window, prompt, next, cells, cache E) StatementElements[E] {
	shift := b.Const(fr.NewElement(1 << TokenBits))
	return StatementElements[E]{context, window, b.Add(b.Mul(shift, prompt), next), cells, cache}
}

// WindowDigest is the digest of a pass's tokens. What the digest has no room for would stand
// for other tokens as well: it has a digest of another kind, which no step makes.
func WindowDigest(start, bits int, tokens []int) fr.Element {
	n := func(x int) fr.Element { return fr.NewElement(uint64(x)) }
	wide := func(x int) bool { return x < 0 || x>>TokenBits != 0 }
	m := make([]fr.Element, len(tokens))
	for i, t := range tokens {
		m[i] = n(t)
	}
	if wide(start) || wide(bits) || len(tokens) > WindowTokens || slices.ContainsFunc(tokens, wide) {
		return transcript.HashNative(noWindowTag, append([]fr.Element{n(start), n(bits)}, m...)...)
	}
	return PackedWindowDigest(transcript.NewField(), n(start), n(bits), m)
}

// Digest is the running claim's.
func (o *CommittedClaim) Digest() fr.Element {
	return ClaimDigest(transcript.NewField(), transcript.PointLimbs(&o.Commitment), o.EvalClaim)
}

// Extended is the claim at as many coordinates as a digest has.
func (o *CommittedClaim) Extended() EvalClaim[fr.Element] {
	return ExtendedClaim(transcript.NewField(), o.EvalClaim)
}
