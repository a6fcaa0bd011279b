package ipa

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/transcript"
)

// ErrRejected is wrapped by the errors about a proof that is well formed and
// does not prove the claims.
var ErrRejected = errors.New("ipa: opening rejected")

// Verify checks the proof of the claims at the point z. tr must be in the state
// that Open found it in. It returns nil if and only if the proof holds; errors
// wrap ErrStatement or ErrRejected.
//
// The cost is that of one multi-scalar multiplication of as many points as the
// key has, 2^n at most.
func Verify(key *Key, tr *transcript.Native, z []fq.Element, claims []Claim, proof *Proof) error {
	if err := checkShape(key, len(z), claims); err != nil {
		return err
	}
	if len(proof.left) != len(z) || len(proof.right) != len(z) {
		return fmt.Errorf("%w: %d rounds, the point has %d coordinates", ErrRejected, len(proof.left), len(z))
	}
	absorbStatement(tr, key, z, claims)
	coeff, value := combine(tr, z, claims)
	xi := channel(tr).Challenge()
	x := make(fq.Vector, len(z))
	for i := range x {
		x[i] = absorbRound(tr, &proof.left[i], &proof.right[i])
		if x[i].IsZero() {
			return fmt.Errorf("%w: a challenge is zero", ErrRejected)
		}
	}
	c := absorbFinal(tr, &proof.final)
	absorbAnswers(tr, &proof.a, &proof.b)
	return proof.check(key, z, claims, coeff, x, &value, &xi, &c)
}

// absorbRound absorbs L and R and draws the challenge of the round.
func absorbRound(tr *transcript.Native, left, right *grumpkin.G1Affine) fq.Element {
	channel(tr).AbsorbPoints("ipa round", *left, *right)
	return channel(tr).Challenge()
}

func absorbFinal(tr *transcript.Native, t *grumpkin.G1Affine) fq.Element {
	channel(tr).AbsorbPoints("ipa T", *t)
	return channel(tr).Challenge()
}

func absorbAnswers(tr *transcript.Native, a, b *fq.Element) {
	channel(tr).Absorb("ipa answers", *a, *b)
}

// check evaluates the one equation that is left,
//
//	A <s, G> + (A b_f - c v) ξ U + B H - T - c (Σ_i ρ^i C_i + Σ_j x_j L_j + R_j / x_j) = 0.
func (p *Proof) check(key *Key, z []fq.Element, claims []Claim, coeff, x fq.Vector, value, xi, c *fq.Element) error {
	live := key.live(len(z))
	size := live + 2*len(z) + len(claims) + 3
	points := make([]grumpkin.G1Affine, 0, size)
	scalars := make(fq.Vector, 0, size)
	add := func(q *grumpkin.G1Affine, s fq.Element) {
		points, scalars = append(points, *q), append(scalars, s)
	}
	s := tensor(x, &p.a)[:live]
	points = append(points, key.points[:live]...)
	scalars = append(scalars, s...)

	var t, minus fq.Element
	eq := fq.Vector(curve.Fq.EqTable(z)[:live])
	u := eq.InnerProduct(s) // A e
	t.Mul(c, value)
	u.Sub(&u, &t).Mul(&u, xi)
	add(&key.u, u)
	add(&key.h, p.b)
	minus.SetOne().Neg(&minus)
	add(&p.final, minus)

	minus.Neg(c)
	inverse := fq.BatchInvert(x)
	for j := range x {
		t.Mul(&minus, &x[j])
		add(&p.left[j], t)
		t.Mul(&minus, &inverse[j])
		add(&p.right[j], t)
	}
	for i := range claims {
		t.Mul(&minus, &coeff[i])
		add(&claims[i].Commitment, t)
	}
	if rest := sum(points, scalars); !rest.IsInfinity() {
		return fmt.Errorf("%w: the final equation does not hold", ErrRejected)
	}
	return nil
}
