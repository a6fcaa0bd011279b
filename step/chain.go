package step

import (
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/arith"
	"fold/internal/transcript"
)

// A chain is the hash of a list that grows at its end: its empty value is
// hash(tag), and link m_1 .. m_n makes it hash(tag, chain, m_1, .., m_n). Its tag
// says what it is a list of. All chains of a proof and the digests that they
// link are here, written once for field elements and for circuits.
const (
	modelChain   = "fold model chain"      // of records, the embedding's and the blocks'
	pointChain   = "fold weight points"    // of a record's commitments, a chunk of five a link
	claimChain   = "fold claim chain"      // of steps' claims on weights
	omegaChain   = "fold omega chain"      // of the segments' values in a settlement
	tokenChain   = "fold token chain"      // of windows
	cacheChain   = "fold cache chain"      // of the layers' commitments to the cache
	pointAtChain = "fold settlement point" // of the coordinates of the sumcheck's point
	recordTag    = "fold record"
	claimsTag    = "fold step claims"
	windowTag    = "fold window"
	noWindowTag  = "fold no window" // of tokens that no step embeds
	slotTag      = "fold running claim"
	contextTag   = "fold context"
	statementTag = "fold step statement"
	stateTag     = "fold state"
	modelTag     = "fold model"
	protocolTag  = "fold protocol"
)

func emptyChain[E any](b transcript.Backend[E], tag string) E { return transcript.Hash(b, tag) }

func extendChain[E any](b transcript.Backend[E], tag string, chain E, link ...E) E {
	return transcript.Hash(b, tag, append([]E{chain}, link...)...)
}

// native is the backend of everything that is hashed outside a circuit.
func nativeBackend() transcript.Field { return transcript.Field{Native: new(arith.Native)} }

// extendLimbs extends a chain by a point.
func extendLimbs[E any](b transcript.Backend[E], tag string, chain E, p limbsOf[E]) E {
	return extendChain(b, tag, chain, p[:]...)
}

// extendPoint extends a chain by a point.
func extendPoint(tag string, chain fr.Element, p *bn254.G1Affine) fr.Element {
	return extendLimbs(nativeBackend(), tag, chain, transcript.PointLimbs(p))
}

// chunkPoints is how many commitments of a record are one link of its chain: as many
// as one step of a settlement folds. A record whose number of segments is no
// multiple has infinity at its end.
const chunkPoints = 5

// extendChunk extends the chain of a record's commitments.
func extendChunk[E any](b transcript.Backend[E], chain E, points [chunkPoints]limbsOf[E]) E {
	var m []E
	for _, p := range points {
		m = append(m, p[:]...)
	}
	return extendChain(b, pointChain, chain, m...)
}

// recordConstants is how many constants a record has at most: with its number and
// its chain they are one block of the wide permutation.
const recordConstants = 9

// recordDigest is the digest of a record: which one it is, its constants as the
// field elements used, and the chain of its commitments. Records with fewer
// constants have zeros for those that they lack, so that a circuit hashes all
// kinds of records alike; the number says what kind it is.
func recordDigest[E any](b transcript.Backend[E], number E, constants []E, points E) E {
	return transcript.Hash(b, recordTag, append(append([]E{number}, padded(b, constants, recordConstants)...), points)...)
}

// padded is a list with zeros at its end, n long.
func padded[E any](b transcript.Backend[E], list []E, n int) []E {
	list = list[:len(list):len(list)]
	for len(list) < n {
		list = append(list, b.Const(fr.Element{}))
	}
	return list
}

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
	m := padded(b, nil, windowElements)
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
	return Running[E]{append(padded(b, nil, slotPoint-len(r.Point)), r.Point...), r.Value}
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
