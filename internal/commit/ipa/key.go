package ipa

import (
	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
)

// Key is a commitment key on Grumpkin.
type Key struct {
	points []grumpkin.G1Affine
	h, u   grumpkin.G1Affine
	digest fr.Element
}

func msm(points []grumpkin.G1Affine, scalars fq.Vector) (grumpkin.G1Affine, error) {
	var r grumpkin.G1Affine
	_, err := r.MultiExp(points, scalars, ecc.MultiExpConfig{})
	return r, err
}
