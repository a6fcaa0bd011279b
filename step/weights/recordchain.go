package weights

import (
	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/argument"
)

// Domain tags of the hashes in a model id.
const (
	ModelChain = "fold model chain"   // chain of the embedding's and the blocks' records
	PointChain = "fold weight points" // chain of a record's commitments, five points a link
	recordTag  = "fold record"        // digest of a record
	ModelTag   = "fold model"         // the model id
)

// ChunkPoints is the number of commitments in one link of a record's chain, and the number of
// commitments that one step of a settlement folds. Points at infinity fill the last link.
const ChunkPoints = 5

// ExtendChunk extends the chain of a record's commitments by one link, the limbs of
// ChunkPoints points.
func ExtendChunk[E any](b transcript.Backend[E], chain E, points [ChunkPoints]argument.Limbs[E]) E {
	var m []E
	for _, p := range points {
		m = append(m, p[:]...)
	}
	return transcript.ExtendChain(b, PointChain, chain, m...)
}

// RecordDigest returns the digest of a record: the hash of its number and the chain of its
// commitments. The number determines the kind of the record.
func RecordDigest[E any](b transcript.Backend[E], number, points E) E {
	return transcript.Hash(b, recordTag, number, points)
}
