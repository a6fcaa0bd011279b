package step

import (
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/transcript"
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
	tokenBits      = 20
	tokensPerField = 12
	windowTokens   = 1 << maxPassBits
	windowElements = (windowTokens + tokensPerField - 1) / tokensPerField
)

// windowDigest is the digest of a pass's tokens at their positions: its start, j
// and up to 128 tokens, those that the pass does not have being zero, in one block
// of the wide permutation.
func windowDigest[E any](b transcript.Backend[E], start, j E, tokens []E) E {
	m := transcript.Padded(b, nil, windowElements)
	put := func(at int, bit uint, x E) {
		var shift fr.Element
		shift.SetBigInt(pow2(int(bit)))
		m[at] = b.Add(m[at], b.Mul(b.Const(shift), x))
	}
	for t, x := range tokens {
		put(t/tokensPerField, uint(t%tokensPerField*tokenBits), x)
	}
	const free = windowTokens % tokensPerField * tokenBits
	put(windowElements-1, free, start)
	put(windowElements-1, free+tokenBits, j)
	return transcript.Hash(b, windowTag, m...)
}

// slotPoint is the length of a running claim's point in its digest: one of fewer
// coordinates has zeros in front, which is a claim on the same polynomial extended
// by zeros.
const slotPoint = 28

// slotDigest is the digest of a running claim: three blocks of the wide permutation for
// every size of slot. The point's last coordinate is the first of what is hashed, so
// that claims whose points end alike have blocks in common: a step leaves two such.
func slotDigest[E any](b transcript.Backend[E], commitment limbsOf[E], r Running[E]) E {
	m := extended(b, r).Point
	slices.Reverse(m)
	return transcript.Hash(b, slotTag, append(append(m, commitment[:]...), r.Value)...)
}

// extended is the claim at as many coordinates as a digest has.
func extended[E any](b transcript.Backend[E], r Running[E]) Running[E] {
	return Running[E]{append(transcript.Padded(b, nil, slotPoint-len(r.Point)), r.Point...), r.Value}
}

// statement is what the transcript of a step begins with: the context, which covers the
// state, and the advice of the step that the state does not bind. The rest is in the
// state already; it is here for statements of any other origin.
type statement[E any] [5]E

// statementOf packs the prompt with the token that was chosen, which has tokenBits.
func statementOf[E any](b transcript.Backend[E], context, window, prompt, next, cells, cache E) statement[E] {
	shift := b.Const(fr.NewElement(1 << tokenBits))
	return statement[E]{context, window, b.Add(b.Mul(shift, prompt), next), cells, cache}
}

// windowOf is the digest of a pass's tokens. What the digest has no room for would stand
// for other tokens as well: it has a digest of another kind, which no step makes.
func windowOf(start, bits int, tokens []int) fr.Element {
	n := func(x int) fr.Element { return fr.NewElement(uint64(x)) }
	wide := func(x int) bool { return x < 0 || x>>tokenBits != 0 }
	m := make([]fr.Element, len(tokens))
	for i, t := range tokens {
		m[i] = n(t)
	}
	if wide(start) || wide(bits) || len(tokens) > windowTokens || slices.ContainsFunc(tokens, wide) {
		return transcript.HashNative(noWindowTag, append([]fr.Element{n(start), n(bits)}, m...)...)
	}
	return windowDigest(transcript.NewField(), n(start), n(bits), m)
}

// digest is the running claim's.
func (o *Opening) digest() fr.Element {
	return slotDigest(transcript.NewField(), transcript.PointLimbs(&o.Commitment), o.Running)
}

// extended is the claim at as many coordinates as a digest has.
func (o *Opening) extended() Running[fr.Element] { return extended(transcript.NewField(), o.Running) }
