package mercury

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
)

// ErrStatement is wrapped by the errors about a statement that cannot be proven
// or verified for its shape: no claim, or sizes that do not fit.
var ErrStatement = errors.New("mercury: bad statement")

// Claim says that the polynomial in NumVars variables that Commitment commits
// to takes Value at the last NumVars coordinates of the point of the opening.
type Claim = commit.EvalClaim[fr.Element, bn254.G1Affine]

// Witness is what the prover knows of a claim: Commitment = <w, G> + Blind·H.
type Witness = commit.EvalWitness[fr.Element, poly.Polynomial]

// checkShape says whether claims can be opened at a point of n coordinates.
func checkShape(n int, claims []Claim, most int) error {
	if n > most {
		return fmt.Errorf("%w: a point of %d coordinates, the key has %d", ErrStatement, n, most)
	}
	if len(claims) == 0 {
		return fmt.Errorf("%w: no claim", ErrStatement)
	}
	for i := range claims {
		if k := claims[i].NumVars; k < 0 || k > n {
			return fmt.Errorf("%w: claim %d has %d variables, the point has %d coordinates", ErrStatement, i, k, n)
		}
		if !claims[i].Commitment.IsOnCurve() {
			return fmt.Errorf("%w: claim %d: the commitment is not on the curve", ErrStatement, i)
		}
	}
	return nil
}

// absorbStatement puts everything that is proven into the transcript.
func absorbStatement(tr *transcript.Native, vk *VerifierKey, z []fr.Element, claims []Claim) {
	var k fr.Element
	k.SetUint64(uint64(len(claims)))
	tr.Absorb("mercury key", vk.digest, k)
	tr.Absorb("mercury point", z...)
	sizes := make([]fr.Element, len(claims))
	commitments := make([]bn254.G1Affine, len(claims))
	values := make([]fr.Element, len(claims))
	for i := range claims {
		sizes[i].SetUint64(uint64(claims[i].NumVars))
		commitments[i], values[i] = claims[i].Commitment, claims[i].Value
	}
	tr.Absorb("mercury sizes", sizes...)
	transcript.AbsorbPoints(tr, "mercury commitments", commitments...)
	tr.Absorb("mercury values", values...)
}

// combine draws ρ and returns ρ, ρ², ..., the coefficients of the claims next to
// the mask, and v* = m~(z) + Σ_i ρ^i eq(0, z_hi) v_i, z_hi the coordinates that
// claim i lacks: a polynomial is zero above its own length.
func combine(tr *transcript.Native, z []fr.Element, claims []Claim, maskValue *fr.Element) ([]fr.Element, fr.Element) {
	lift := make([]fr.Element, len(z)+1) // lift[k] = Π_{j<k} (1 - z_j)
	lift[0].SetOne()
	var t fr.Element
	for k := range z {
		t.SetOne().Sub(&t, &z[k])
		lift[k+1].Mul(&lift[k], &t)
	}
	rho := tr.Challenge()
	coeff := make([]fr.Element, len(claims))
	power, value := rho, *maskValue
	for i := range claims {
		coeff[i] = power
		power.Mul(&power, &rho)
		t.Mul(&lift[len(z)-claims[i].NumVars], &claims[i].Value).Mul(&t, &coeff[i])
		value.Add(&value, &t)
	}
	return coeff, value
}
