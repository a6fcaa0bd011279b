package argument

import (
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/relation"
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

// TokenBits is the size of a token in a window's digest; WindowTokens is the largest number of tokens of a
// pass, 128. An element packs 12 tokens of 20 bits. The last element packs 8 tokens, start and j.
const (
	TokenBits      = 20
	tokensPerField = 12
	WindowTokens   = 1 << relation.MaxPassBits
	windowElements = (WindowTokens + tokensPerField - 1) / tokensPerField
)

// PackedWindowDigest returns the digest of a pass of 2^j tokens: its start, j, and up to WindowTokens
// tokens, where tokens beyond the pass are zero. The digest takes one block of the wide permutation. The
// caller ensures that start, j and every token have at most TokenBits bits.
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

// ClaimVars is the length of a running claim's point in its digest. A shorter point is padded with zeros at
// the front: this is a claim on the same polynomial extended by zeros.
const ClaimVars = 28

// ClaimDigest returns the digest of a running claim. The digest takes three blocks of the wide permutation
// for every size of the polynomial. The point is hashed from its last coordinate on, so that claims whose
// points have the same last coordinates share blocks, as the two running claims of a step do.
func ClaimDigest[E any](b transcript.Backend[E], commitment Limbs[E], r EvalClaim[E]) E {
	m := ExtendedClaim(b, r).Point
	slices.Reverse(m)
	return transcript.Hash(b, slotTag, append(append(m, commitment[:]...), r.Value)...)
}

// ExtendedClaim returns the claim with its point padded at the front to ClaimVars coordinates.
func ExtendedClaim[E any](b transcript.Backend[E], r EvalClaim[E]) EvalClaim[E] {
	return EvalClaim[E]{append(transcript.Padded(b, nil, ClaimVars-len(r.Point)), r.Point...), r.Value}
}

// StatementElements are the statement's elements in the first message of a step's transcript, in order: the
// context (covers the state), the window digest, prompt * 2^20 + next token, and the digests of the running
// claims on cells and cache. In an incremental proof the state binds part of these elements already; they
// are absorbed again so that statements of other origin are bound as well.
type StatementElements[E any] [5]E

// ElementsOf returns the statement's elements. It packs prompt and next into one element, so next must have
// at most TokenBits bits.
func ElementsOf[E any](b transcript.Backend[E], context, window, prompt, next, cells, cache E) StatementElements[E] {
	shift := b.Const(fr.NewElement(1 << TokenBits))
	return StatementElements[E]{context, window, b.Add(b.Mul(shift, prompt), next), cells, cache}
}

// WindowDigest returns the PackedWindowDigest of a pass of 2^bits tokens from position start on. If a number
// does not fit its bits, packing would not be one-to-one; WindowDigest then returns a hash with another
// domain tag, which no step's circuit produces.
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

// Digest returns the ClaimDigest of the claim.
func (o *CommittedClaim) Digest() fr.Element {
	return ClaimDigest(transcript.NewField(), transcript.PointLimbs(&o.Commitment), o.EvalClaim)
}

// Extended returns the claim without its commitment, padded as ExtendedClaim does.
func (o *CommittedClaim) Extended() EvalClaim[fr.Element] {
	return ExtendedClaim(transcript.NewField(), o.EvalClaim)
}
