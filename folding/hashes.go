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
	publicTag  = "ivc state"
	pointsTag  = "ivc points"
)

// native returns the backend of hashes of values.
func native() transcript.Backend[fr.Element] { return transcript.Field{Native: new(arith.Native)} }

// stateDigest is the hash of a state z, of any length.
func stateDigest[F any](b transcript.Backend[F], z []F) F { return transcript.Hash(b, stateTag, z...) }

// place is where a run stands, in hashes: what the public input of the augmented
// circuit's instance is made of.
type place[F any] struct {
	pp, i    F
	width    F   // elements of z
	first, z F   // stateDigest of z_0 and z_i
	main     F   // runningDigest of U_i
	cycle    []F // cfU_i, encoded
}

// public returns the public input. It stands for cfU_i wherever that is absorbed.
func (p place[F]) public(b transcript.Backend[F]) F {
	return transcript.Hash(b, publicTag, append([]F{p.pp, p.i, p.width, p.first, p.z, p.main}, p.cycle...)...)
}

// runningDigest is the hash of a running instance of a curve, "bn254" or "grumpkin",
// encoded: W, E, u and x.
func runningDigest[F any](b transcript.Backend[F], curve string, encoded []F) F {
	return transcript.Hash(b, curve+" running", encoded...)
}

// contextOf is the function Context of hashes.
func contextOf[F any](b transcript.Backend[F], pp, i, z F) F {
	return transcript.Hash(b, contextTag, pp, i, z)
}

// pointsDigest is the statement of a CycleFold instance: the hash of everything that
// its fingerprint is of. The running instances stand for W, E, W' and E', which they
// contain; word is r + 2^126 rho.
func pointsDigest[F any](b transcript.Backend[F], before, after, word F, points ...[3]F) F {
	list := []F{before, after, word}
	for _, p := range points {
		list = append(list, p[:]...)
	}
	return transcript.Hash(b, pointsTag, list...)
}
