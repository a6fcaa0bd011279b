package commit

import (
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/curve"
)

// Committer commits to vectors over the scalar field of a curve. A Key commits on BN254,
// and a GrumpkinKey on Grumpkin. What is the same on both curves takes a Committer.
type Committer[E curve.Element, C comparable] interface {
	// Len is the number of generators.
	Len() int
	// ID identifies the key, whatever the number of its generators.
	ID() ID
	// BlindingBase is H, which a blind multiplies.
	BlindingBase() C
	// CommitAt returns sum_i v_i G_(at+i) + blind H. It is ErrTooShort if there is no
	// generator for every value. Zeros cost nothing, small values little.
	CommitAt(at int, v []E, blind E) (C, error)
}

var (
	_ Committer[fr.Element, bn254.G1Affine]    = (*Key)(nil)
	_ Committer[fq.Element, grumpkin.G1Affine] = (*GrumpkinKey)(nil)
)

// CommitAt returns Σ_i v_i [τ^(at+i)]G + blind H, as Committer describes.
func (k *Key) CommitAt(at int, v []fr.Element, blind fr.Element) (bn254.G1Affine, error) {
	a := k.NewAccumulator()
	if err := a.AddElements(at, v); err != nil {
		return bn254.G1Affine{}, err
	}
	a.AddBlind(&blind)
	return a.Commitment(), nil
}
