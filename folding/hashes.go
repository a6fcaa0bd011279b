package folding

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/arith"
	"fold/internal/transcript"
)

// Tags of the hashes of a run.
const (
	contextTag = "ivc context"
	stateTag   = "ivc z"
)

// native returns the backend of hashes of values.
func native() transcript.Backend[fr.Element] { return transcript.Field{Native: new(arith.Native)} }

// stateDigest is the hash of a state z, of any length.
func stateDigest[F any](b transcript.Backend[F], z []F) F {
	return transcript.Hash(b, stateTag, z...)
}
