package ipa

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/transcript"
)

// ErrStatement is wrapped by the errors about a statement that cannot be proven
// or verified for its shape: no claim, or sizes that do not fit.
var ErrStatement = errors.New("ipa: bad statement")

// Claim says that the polynomial in NumVars variables that Commitment commits
// to takes Value at the last NumVars coordinates of the point of the opening.
type Claim = commit.EvalClaim[fq.Element, grumpkin.G1Affine]

// Witness is what the prover knows of a claim: Commitment = <w, G> + Blind·H. The
// polynomial is its values, first variable = highest bit of the index. There are at most
// 2^NumVars of them, and no more than the key has points; the others are zero.
type Witness = commit.EvalWitness[fq.Element, fq.Vector]

// checkShape says whether claims can be opened at a point of n coordinates.
func checkShape(key *Key, n int, claims []Claim) error {
	if n > key.MaxVars() {
		return fmt.Errorf("%w: a point of %d coordinates, the key of %d points has %d", ErrStatement, n,
			len(key.points), key.MaxVars())
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
func absorbStatement(tr *transcript.Native, key *Key, z []fq.Element, claims []Claim) {
	sizes := make([]fr.Element, len(claims))
	commitments := make([]grumpkin.G1Affine, len(claims))
	values := make([]fq.Element, len(claims))
	for i := range claims {
		sizes[i].SetUint64(uint64(claims[i].NumVars))
		commitments[i], values[i] = claims[i].Commitment, claims[i].Value
	}
	tr.Absorb("ipa key", key.digest, fr.NewElement(uint64(key.live(len(z)))))
	channel(tr).Absorb("ipa point", z...)
	tr.Absorb("ipa sizes", sizes...)
	channel(tr).AbsorbPoints("ipa commitments", commitments...)
	channel(tr).Absorb("ipa values", values...)
}

// channel writes scalars and points of Grumpkin into a transcript.
func channel(tr *transcript.Native) curve.Channel[fq.Element, grumpkin.G1Affine] {
	return curve.Grumpkin.Channel(tr)
}

// combine draws ρ and returns 1, ρ, ρ², ... and Σ_i ρ^i eq(0, z_hi) v_i, where
// z_hi are the coordinates that claim i lacks: a polynomial is zero above its own
// length.
func combine(tr *transcript.Native, z []fq.Element, claims []Claim) (coeff fq.Vector, value fq.Element) {
	lift := make(fq.Vector, len(z)+1) // lift[k] = Π_{j<k} (1 - z_j)
	lift[0].SetOne()
	var t fq.Element
	for k := range z {
		t.SetOne().Sub(&t, &z[k])
		lift[k+1].Mul(&lift[k], &t)
	}
	rho := channel(tr).Challenge()
	coeff = make(fq.Vector, len(claims))
	for i := range claims {
		if i == 0 {
			coeff[0].SetOne()
		} else {
			coeff[i].Mul(&coeff[i-1], &rho)
		}
		t.Mul(&lift[len(z)-claims[i].NumVars], &claims[i].Value).Mul(&t, &coeff[i])
		value.Add(&value, &t)
	}
	return
}
