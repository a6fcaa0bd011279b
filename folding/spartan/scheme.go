package spartan

import (
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/commit/ipa"
	"fold.example/fold/internal/commit/mercury"
	"fold.example/fold/internal/poly"
)

// The evaluation arguments of the two sides. This file alone chooses them: Mercury on
// BN254, an inner-product argument on Grumpkin.
type (
	// mainVerifier verifies openings on BN254.
	mainVerifier = commit.EvalVerifier[fr.Element, bn254.G1Affine]
	// mainOpener opens commitments on BN254, and commits to the polynomials that mask the
	// last sumcheck.
	mainOpener interface {
		commit.EvalProver[fr.Element, bn254.G1Affine, poly.Polynomial]
		CommitAffine(a poly.Affine, blind *fr.Element) (bn254.G1Affine, error)
	}
	// cycleArgument opens commitments on Grumpkin and verifies openings.
	cycleArgument interface {
		commit.EvalVerifier[fq.Element, grumpkin.G1Affine]
		commit.EvalProver[fq.Element, grumpkin.G1Affine, fq.Vector]
	}
)

func newMainOpener(key *commit.Key) (mainOpener, mainVerifier) {
	k := mercury.NewProverKey(key)
	return k, k.Verifier()
}

func newMainVerifier(key *commit.OpeningKey) mainVerifier { return mercury.NewVerifierKey(key) }

// newCycleArgument takes a key of as many points as polynomials have values.
func newCycleArgument(key *commit.GrumpkinKey) (cycleArgument, error) {
	return ipa.NewKey(key.Points(), key.BlindingBase(), key.ID().Element())
}
