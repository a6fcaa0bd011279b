package mercury

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/transcript"
)

// ErrRejected is wrapped by the errors about a proof that is well formed and
// does not prove the claims.
var ErrRejected = errors.New("mercury: opening rejected")

// Verify checks the proof of the claims at the point z. tr must be in the state
// that Open found it in. It returns nil if and only if the proof holds; errors
// wrap ErrStatement or ErrRejected.
func Verify(vk *VerifierKey, tr *transcript.Native, z []fr.Element, claims []Claim, proof *Proof) error {
	d, err := Reduce(vk, tr, z, claims, proof)
	if err != nil {
		return err
	}
	return Check(vk, d)
}

// Reduce does all of the verification but the pairings, which Check does for
// any number of openings at once. The claims hold only if Check accepts.
func Reduce(vk *VerifierKey, tr *transcript.Native, z []fr.Element, claims []Claim, proof *Proof) (Deferred, error) {
	if err := checkShape(len(z), claims, vk.maxVars); err != nil {
		return Deferred{}, err
	}
	absorbStatement(tr, vk, z, claims)
	absorbMask(tr, proof)
	coeff, value := combine(tr, z, claims, &proof.maskValue)

	var c challenges
	c.alpha = absorbFold(tr, proof)
	c.gamma = absorbDivide(tr, proof)
	if err := c.drawZeta(tr, proof); err != nil {
		return Deferred{}, fmt.Errorf("%w: %w", ErrRejected, err)
	}
	c.beta = absorbValues(tr, proof)
	c.x = absorbQuotient(tr, proof)
	weight := absorbEnd(tr, proof)

	s := newShape(len(z))
	v := proof.complete(s, z, &c, &value)
	return proof.pairings(vk, s, claims, coeff, &c, &v, &weight), nil
}

// complete derives the values that are not sent: S(1/ζ) from the identity of
// innerProducts, D(ζ) from that of degreeWitness. With them the identities hold
// by construction, and the batch opening shows that the values are right.
func (p *Proof) complete(s shape, z []fr.Element, c *challenges, value *fr.Element) values {
	v := values{g: p.gZeta, gInv: p.gInv, h: p.hZeta, hInv: p.hInv, hAlp: p.hAlpha, s: p.sZeta}
	rows, cols := s.halves(z)

	// S(1/ζ) = ζ (T(ζ) - 2 (h(α) + γ v*) - ζ S(ζ))
	left := cross(&p.gZeta, &p.gInv, cols, &c.queries)
	right := cross(&p.hZeta, &p.hInv, rows, &c.queries)
	right.Mul(&right, &c.gamma)
	left.Add(&left, &right)
	var t fr.Element
	t.Mul(&c.gamma, value).Add(&t, &p.hAlpha).Double(&t)
	left.Sub(&left, &t)
	t.Mul(&c.zeta, &p.sZeta)
	v.sInv.Sub(&left, &t).Mul(&v.sInv, &c.zeta)

	// D(ζ) = ζ^(cols-1) g(1/ζ) + γ ζ^(rows-1) h(1/ζ)
	v.d = power(c.zeta, s.split)
	v.d.Mul(&v.d, &c.zetaInv).Mul(&v.d, &p.gInv)
	t = power(c.zeta, s.n-s.split)
	t.Mul(&t, &c.zetaInv).Mul(&t, &p.hInv).Mul(&t, &c.gamma)
	v.d.Add(&v.d, &t)
	return v
}

// cross returns u(ζ) P(1/ζ) + u(1/ζ) P(ζ), P the polynomial of z's eq table.
func cross(u, uInv *fr.Element, z []fr.Element, q *queries) fr.Element {
	a, b := eqAt(z, q.zetaInv), eqAt(z, q.zeta)
	a.Mul(&a, u)
	b.Mul(&b, uInv)
	a.Add(&a, &b)
	return a
}

// power returns x^(2^k).
func power(x fr.Element, k int) fr.Element {
	for range k {
		x.Square(&x)
	}
	return x
}

// pairings puts the two equations of the proof together,
//
//	C* - C_g + α C_q                         = τ^cols C_q,  C* = C_m + Σ ρ^i C_i - b* H
//	Σ weight_i C_i - all·W - constant·G + x V = τ V,
//
// the second times weight.
func (p *Proof) pairings(
	vk *VerifierKey, s shape, claims []Claim, coeff []fr.Element, c *challenges, v *values, weight *fr.Element,
) Deferred {
	w := c.weights(&c.beta, &c.x)
	constant := c.constant(v, &w, &c.x)
	for _, e := range []*fr.Element{&w.g, &w.h, &w.s, &w.d, &w.all, &constant} {
		e.Mul(e, weight)
	}
	var one, minus, xw fr.Element
	one.SetOne()
	minus.Neg(&p.blind)
	w.g.Sub(&w.g, &one)
	w.all.Neg(&w.all)
	constant.Neg(&constant)
	xw.Mul(&c.x, weight)

	points := []bn254.G1Affine{p.mask, vk.h, p.g, p.q, p.h, p.s, p.d, p.w, vk.g, p.v}
	scalars := fr.Vector{one, minus, w.g, c.alpha, w.h, w.s, w.d, w.all, constant, xw}
	for i := range claims {
		points = append(points, claims[i].Commitment)
	}
	d := Deferred{split: s.split, one: sum(points, append(scalars, coeff...))}
	weight.Neg(weight)
	d.tau.ScalarMultiplication(&p.v, weight.BigInt(new(big.Int)))
	d.quotient.Neg(&p.q)
	return d
}
