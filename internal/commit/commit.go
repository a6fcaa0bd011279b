package commit

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit/msm"
)

// Commit returns Σ_i w_i [τ^i]G, without a blind.
func (k *Key) Commit(w fr.Vector) (bn254.G1Affine, error) {
	a := k.NewAccumulator()
	if err := a.AddElements(0, w); err != nil {
		return bn254.G1Affine{}, err
	}
	return a.Commitment(), nil
}

// Ints is Commit for a column of native integers.
func Ints[T msm.Integer](k *Key, w []T) (bn254.G1Affine, error) {
	a := k.NewAccumulator()
	if err := AddInts(a, 0, w); err != nil {
		return bn254.G1Affine{}, err
	}
	return a.Commitment(), nil
}

// checkFits says whether n values from offset on have key points.
func (k *Key) checkFits(offset, n int) error {
	if offset < 0 || n < 0 || offset > len(k.points) || n > len(k.points)-offset {
		return fmt.Errorf("%w: %d values from index %d on, %d points", ErrTooShort, n, offset, len(k.points))
	}
	return nil
}
