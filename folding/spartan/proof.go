package spartan

import (
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/commit"
)

// Proof is a proof of a Statement. Its parts are named in the package documentation.
type Proof struct {
	main    mainProof[fr.Element, bn254.G1Affine]
	opening commit.EvalProof
	cycle   sideProof[fq.Element, grumpkin.G1Affine]
	inner   commit.EvalProof
}

// mainProof is the messages about the main instance, without the opening.
type mainProof[E, C any] struct {
	sideProof[E, C]
	matrices  matrixProof[E, C]
	maskPolys [maskPolys]C
}
