package commit

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Commit returns Σ_i w_i [τ^i]G.
func (k *Key) Commit(w fr.Vector) (bn254.G1Affine, error) {
	var c bn254.G1Affine
	if len(w) > len(k.points) {
		return c, fmt.Errorf("%w: %d values, %d points", ErrTooShort, len(w), len(k.points))
	}
	if len(w) == 0 {
		return c, nil
	}
	_, err := c.MultiExp(k.points[:len(w)], w, ecc.MultiExpConfig{})
	return c, err
}
