package ipa

import (
	"errors"
	"fmt"
	"math/bits"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	msm "fold.example/fold/internal/commit/msm/grumpkin"
)

// ErrKey is wrapped by the errors of NewKey.
var ErrKey = errors.New("ipa: unusable key")

// Key is a commitment key on Grumpkin with the base that carries values. The
// prover and the verifier use the same.
type Key struct {
	points []grumpkin.G1Affine
	h, u   grumpkin.G1Affine
	digest fr.Element
}

// valueBaseDST separates U from every other use of hashing to Grumpkin.
const valueBaseDST = "fold/ipa/v1/grumpkin/value base"

// NewKey makes a key from the points and the blinding base of a commitment key, to
// which nobody knows a relation, and its digest, which is absorbed. There can be
// any number of points: values above it are zero, and cost nothing.
func NewKey(points []grumpkin.G1Affine, h grumpkin.G1Affine, digest fr.Element) (*Key, error) {
	if len(points) == 0 || len(points) > 1<<maxVars {
		return nil, fmt.Errorf("%w: %d points, it must have 1 to 2^%d", ErrKey, len(points), maxVars)
	}
	u, err := grumpkin.HashToG1([]byte("U"), []byte(valueBaseDST))
	if err != nil {
		return nil, fmt.Errorf("ipa: the value base: %w", err)
	}
	return &Key{points: points, h: h, u: u, digest: digest}, nil
}

// MaxVars returns the largest number of coordinates of a point.
func (k *Key) MaxVars() int { return bits.Len(uint(len(k.points) - 1)) }

// live returns the number of values of a polynomial in n variables that the key
// has points for; the others are zero.
func (k *Key) live(n int) int { return min(1<<n, len(k.points)) }

// sum returns Σ_i scalars_i points_i.
func sum(points []grumpkin.G1Affine, scalars fq.Vector) (r grumpkin.G1Affine) {
	j := msm.Full(points, scalars)
	return *r.FromJacobian(&j)
}
