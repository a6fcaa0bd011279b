package protocol

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/transcript"
)

// Tags of the hashes of a run.
const (
	contextTag = "ivc context"
	stateTag   = "ivc z"
	publicTag  = "ivc state"
	pointsTag  = "ivc points"
)

// Native returns the backend of hashes of values.
func Native() transcript.Backend[fr.Element] { return transcript.NewField() }

// StateDigest is d(z), the hash of a state z of any length (section 6).
func StateDigest[F any](b transcript.Backend[F], z []F) F { return transcript.Hash(b, stateTag, z...) }

// IVCIO is a run after I steps, as the public input of the augmented circuit's instance hashes it: the states and
// the running instance on BN254 are digests.
type IVCIO[F any] struct {
	PP, I    F
	Width    F   // elements of z
	First, Z F   // StateDigest of z_0 and z_i
	Main     F   // RunningDigest of U_i
	Cycle    []F // cfU_i, encoded
}

// Public is state(i) of section 6: the public input, and the digest of cfU_i wherever
// cfU_i is absorbed.
func (p IVCIO[F]) Public(b transcript.Backend[F]) F {
	return transcript.Hash(b, publicTag, append([]F{p.PP, p.I, p.Width, p.First, p.Z, p.Main}, p.Cycle...)...)
}

// RunningDigest returns the hash of a running instance of a curve, BN254 or Grumpkin. encoded has W, E, u and x as
// in section 3.
func RunningDigest[F any](b transcript.Backend[F], curve string, encoded []F) F {
	return transcript.Hash(b, curve+" running", encoded...)
}

// Context is context(i) of section 6. z is StateDigest of z_i.
func Context[F any](b transcript.Backend[F], pp, i, z F) F {
	return transcript.Hash(b, contextTag, pp, i, z)
}

// PointsDigest is the statement of a CycleFold instance (section 5): the hash of everything
// that the fingerprint is computed from. W, E, W' and E' are contained in the digests of
// the running instances before and after the fold. word is r + 2^126 rho.
func PointsDigest[F any](b transcript.Backend[F], before, after, word F, points ...[3]F) F {
	list := []F{before, after, word}
	for _, p := range points {
		list = append(list, p[:]...)
	}
	return transcript.Hash(b, pointsTag, list...)
}
