package ipa

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
)

// Key is a commitment key on Grumpkin.
type Key struct {
	points []grumpkin.G1Affine
	h, u   grumpkin.G1Affine
	digest fr.Element
}
