package spartan

import (
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold/internal/commit/ipa"
	"fold/internal/commit/mercury"
)

// Proof is a proof of a Statement. Its parts are named in the package documentation.
type Proof struct {
	main       halfProof[fr.Element, bn254.G1Affine]
	matrices   matrixProof
	concealers [concealers]bn254.G1Affine
	opening    *mercury.Proof
	cycle      halfProof[fq.Element, grumpkin.G1Affine]
	inner      *ipa.Proof
}
