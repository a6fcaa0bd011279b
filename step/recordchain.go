package step

import (
	"fold/internal/transcript"
)

// Domain tags of what a model id is made of.
const (
	modelChain = "fold model chain"   // of records, the embedding's and the blocks'
	pointChain = "fold weight points" // of a record's commitments, a chunk of five a link
	recordTag  = "fold record"
	modelTag   = "fold model"
)

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
	return transcript.ExtendChain(b, pointChain, chain, m...)
}

// recordConstants is how many constants a record has at most: with its number and
// its chain they are one block of the wide permutation.
const recordConstants = 9

// recordDigest is the digest of a record: which one it is, its constants as the
// field elements used, and the chain of its commitments. Records with fewer
// constants have zeros for those that they lack, so that a circuit hashes all
// kinds of records alike; the number says what kind it is.
func recordDigest[E any](b transcript.Backend[E], number E, constants []E, points E) E {
	return transcript.Hash(b, recordTag, append(append([]E{number}, transcript.Padded(b, constants, recordConstants)...), points)...)
}
