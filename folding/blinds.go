package folding

import (
	"crypto/sha256"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/r1cs"
)

// Blinds gives the blinds of a run: uniform bytes for a label and a digest, always
// the same for the same ones, and unpredictable without the caller's secret, as a
// keyed hash gives them. The digest covers the instances that a commitment comes from
// and all that it commits to, so that two different vectors never get one blind, which
// would subtract to an unblinded one, and a step that is proven again gives the same
// bytes again.
type Blinds func(label string, digest [32]byte) [64]byte

// drawBlind returns the blind of a vector, at a place in a run that some elements
// identify.
func drawBlind[E r1cs.Element](blinds Blinds, label string, place []fr.Element, vector []E) E {
	h := sha256.New()
	for i := range place {
		b := place[i].Bytes()
		h.Write(b[:])
	}
	for i := range vector {
		b := elementBytes(&vector[i])
		h.Write(b[:])
	}
	uniform := blinds(label, [32]byte(h.Sum(nil)))
	return r1cs.FromInteger[E](new(big.Int).SetBytes(uniform[:]))
}
