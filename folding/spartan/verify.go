package spartan

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/commit/ipa"
	"fold/internal/commit/mercury"
	"fold/internal/transcript"
	"fold/r1cs"
)

type (
	mainHalf   = half[fr.Element, bn254.G1Affine]
	mainProver = prover[fr.Element, bn254.G1Affine]
	mainClaim  = claim[fr.Element, bn254.G1Affine]
)

// Verify checks a proof of the statement. It returns nil if and only if it holds;
// errors wrap ErrStatement or ErrRejected.
func Verify(k *VerifierKey, s *Statement, proof *Proof) error {
	if err := k.check(s); err != nil {
		return err
	}
	if err := proof.check(k, s); err != nil {
		return err
	}
	tr := s.absorb(k.digest)
	if err := k.verifyMain(tr, s, proof); err != nil {
		return fmt.Errorf("%w: main instance: %w", ErrRejected, err)
	}
	if err := k.verifyCycle(tr, s, proof); err != nil {
		return fmt.Errorf("%w: cycle instance: %w", ErrRejected, err)
	}
	return nil
}

// check says whether the proof has the form that belongs to key and statement.
func (p *Proof) check(k *VerifierKey, s *Statement) error {
	if err := checkHalf(bn254Curve, k.main, &p.main, k.vars(s.Claims)); err != nil {
		return err
	}
	return checkHalf(grumpkinCurve, k.cycle, &p.cycle, k.cycle.vars())
}

func checkHalf[E r1cs.Element, C comparable](c *curve[E, C], r Relation[E], p *halfProof[E, C], rounds int) error {
	if len(p.outer) != r.rowVars() || len(p.inner) != rounds {
		return fmt.Errorf("%w: %s: %d and %d rounds, want %d and %d", ErrRejected, c.name, len(p.outer), len(p.inner), r.rowVars(), rounds)
	}
	if err := checkInstance(c, r, p.mask); err != nil {
		return fmt.Errorf("%w: mask: %w", ErrRejected, err)
	}
	if !c.onCurve(p.cross) {
		return fmt.Errorf("%w: %s: the cross term is not on the curve", ErrRejected, c.name)
	}
	return nil
}

// open plays the verifier's side up to the values of the outer sumcheck.
func open[E r1cs.Element, C comparable](c *curve[E, C], rel Relation[E], tr *transcript.Native, u Instance[E, C], p *halfProof[E, C]) *half[E, C] {
	h, _ := fold(c, rel, tr, u, p)
	rx, value := verifyOuter(c, tr, c.challenges(tr, rel.rowVars()), p.outer)
	h.enter(tr, rx, value, p.values)
	return h
}

func (k *VerifierKey) verifyMain(tr *transcript.Native, s *Statement, proof *Proof) error {
	h := open(bn254Curve, k.main, tr, s.Main, &proof.main)
	t := absorbConcealers(tr, proof, k.vars(s.Claims))
	on, at, value := settle(bn254Curve, tr, t, mainClaims(h, t, s, proof), proof.main.inner)
	claim := mercury.Claim{Commitment: bn254Curve.sum(on.points, on.scalars), NumVars: len(t), Value: value}
	return mercury.Verify(k.opening, tr, at, []mercury.Claim{claim}, proof.opening)
}

// mainClaims are all claims of the main half: its own, those of the statement, and
// those on the concealing polynomials.
func mainClaims(h *mainHalf, t []fr.Element, s *Statement, proof *Proof) []mainClaim {
	out := h.claims(t)
	for _, c := range s.Claims {
		on := combination[fr.Element, bn254.G1Affine]{}.with(c.Commitment, frField.one)
		out = append(out, mainClaim{on: on, vars: len(c.Point), value: c.Value,
			at: func(y []fr.Element) fr.Element { return frField.eq(c.Point, y) }})
	}
	return append(out, concealerClaims(len(t), proof.concealers)...)
}

func (k *VerifierKey) verifyCycle(tr *transcript.Native, s *Statement, proof *Proof) error {
	h := open(grumpkinCurve, k.cycle, tr, s.Cycle, &proof.cycle)
	t := grumpkinCurve.challenges(tr, h.rel.vars())
	on, at, value := settle(grumpkinCurve, tr, t, h.claims(t), proof.cycle.inner)
	claim := ipa.Claim{Commitment: grumpkinCurve.sum(on.points, on.scalars), NumVars: len(t), Value: value}
	return ipa.Verify(k.inner, tr, at, []ipa.Claim{claim}, proof.inner)
}
