package ipa

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold/internal/transcript"
)

// ErrStatement is wrapped by the errors about a statement that cannot be proven
// or verified for its shape: no claim, or sizes that do not fit.
var ErrStatement = errors.New("ipa: bad statement")

// Claim says that the polynomial in NumVars variables that Commitment commits
// to takes Value at the last NumVars coordinates of the point of the opening.
type Claim struct {
	Commitment grumpkin.G1Affine
	NumVars    int
	Value      fq.Element
}

// Witness is what the prover knows of a claim: Commitment = <w, G> + Blind·H. There
// are at most 2^NumVars values, and no more than the key has points; the others are
// zero. First variable = highest bit of the index.
type Witness struct {
	Values fq.Vector
	Blind  fq.Element
}

// checkShape says whether claims can be opened at a point of n coordinates.
func checkShape(key *Key, n int, claims []Claim) error {
	if n > key.MaxVars() {
		return fmt.Errorf("%w: a point of %d coordinates, the key of %d points has %d", ErrStatement, n, len(key.points), key.MaxVars())
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
	AbsorbScalars(tr, "ipa point", z...)
	tr.Absorb("ipa sizes", sizes...)
	transcript.AbsorbGrumpkin(tr, "ipa commitments", commitments...)
	AbsorbScalars(tr, "ipa values", values...)
}

// AbsorbScalars absorbs elements of Fq, which is larger than Fr, as two limbs of
// 128 bits each, the lower first, from the representatives in [0, q).
func AbsorbScalars(tr *transcript.Native, label string, scalars ...fq.Element) {
	limbs := make([]fr.Element, 0, 2*len(scalars))
	for i := range scalars {
		b := scalars[i].Bytes()
		var lo, hi fr.Element
		lo.SetBytes(b[16:])
		hi.SetBytes(b[:16])
		limbs = append(limbs, lo, hi)
	}
	tr.Absorb(label, limbs...)
}

// Challenge draws an integer below 2^126 as a scalar.
func Challenge(tr *transcript.Native) (c fq.Element) {
	x, _ := tr.Challenge126()
	b := x.Bytes()
	c.SetBytes(b[:])
	return
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
	rho := Challenge(tr)
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
