package weights

import (
	"fold/internal/transcript"
	"fold/step/argument"
)

// Domain tags of what a model id is made of.
const (
	ModelChain = "fold model chain"   // of records, the embedding's and the blocks'
	PointChain = "fold weight points" // of a record's commitments, a chunk of five a link
	recordTag  = "fold record"
	ModelTag   = "fold model"
)

// ChunkPoints is how many commitments of a record are one link of its chain: as many
// as one step of a settlement folds. A record whose number of segments is no
// multiple has infinity at its end.
const ChunkPoints = 5

// ExtendChunk extends the chain of a record's commitments.
func ExtendChunk[E any](b transcript.Backend[E], chain E, points [ChunkPoints]argument.Limbs[E]) E {
	var m []E
	for _, p := range points {
		m = append(m, p[:]...)
	}
	return transcript.ExtendChain(b, PointChain, chain, m...)
}

// RecordConstants is how many constants a record has at most: with its number and
// its chain they are one block of the wide permutation.
const RecordConstants = 9

// RecordDigest is the digest of a record: which one it is, its constants as the
// field elements used, and the chain of its commitments. Records with fewer
// constants have zeros for those that they lack, so that a circuit hashes all
// kinds of records alike; the number says what kind it is.
func RecordDigest[E any](b transcript.Backend[E], number E, constants []E, points E) E {
	return transcript.Hash(b, recordTag, append(append([]E{number}, transcript.Padded(b, constants, RecordConstants)...), points)...)
}
