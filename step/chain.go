package step

import (
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
	modelChain  = "fold model chain"   // of records, the embedding's and the blocks'
	pointChain  = "fold weight points" // of a record's commitments, four limbs each
	claimChain  = "fold claim chain"   // of steps' claims on weights
	omegaChain  = "fold omega chain"   // of the segments' values in a settlement
	tokenChain  = "fold token chain"   // of windows, after the salt
	cacheChain  = "fold cache chain"   // of the layers' commitments to the cache
	recordTag   = "fold record"
	claimsTag   = "fold step claims"
	windowTag   = "fold window"
	stateTag    = "fold state"
	modelTag    = "fold model"
	protocolTag = "fold protocol"
)

func emptyChain[E any](b transcript.Backend[E], tag string) E { return transcript.Hash(b, tag) }

func extendChain[E any](b transcript.Backend[E], tag string, chain E, link ...E) E {
	return transcript.Hash(b, tag, append([]E{chain}, link...)...)
}

// native is the backend of everything that is hashed outside a circuit.
func nativeBackend() transcript.Field { return transcript.Field{Native: new(arith.Native)} }

// extendPoint extends a chain by a point.
func extendPoint(tag string, chain fr.Element, p *bn254.G1Affine) fr.Element {
	limbs := transcript.PointLimbs(p)
	return extendChain(nativeBackend(), tag, chain, limbs[:]...)
}

// recordDigest is the digest of a record: which one it is, its constants as the
// field elements used, and the chain of its commitments.
func recordDigest[E any](b transcript.Backend[E], number E, constants []E, points E) E {
	return transcript.Hash(b, recordTag, append(append([]E{number}, constants...), points)...)
}

// stepClaims is the digest of the claims that a step leaves on weights: the
// digests of the records that it opened, and each claim's point and value in the
// order of the program's plan. Everything else about them, names above all,
// follows from the records' numbers and the lengths.
func stepClaims[E any](b transcript.Backend[E], records []E, claims []Deferred[E]) E {
	var m []E
	m = append(m, b.Const(fr.NewElement(uint64(len(records)))))
	m = append(m, records...)
	for _, c := range claims {
		m = append(append(m, c.Point...), c.Value)
	}
	return transcript.Hash(b, claimsTag, m...)
}
