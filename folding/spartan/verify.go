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
	if err := checkHalf(bn254Curve, k.main, &p.main, k.vars(s.Claims), matrixDegree); err != nil {
		return err
	}
	return checkHalf(grumpkinCurve, k.cycle, &p.cycle, k.cycle.vars(), innerDegree)
}

func checkRounds[E any](what string, messages [][]E, rounds, degree int) error {
	if len(messages) != rounds {
		return fmt.Errorf("%w: %s: %d rounds, want %d", ErrRejected, what, len(messages), rounds)
	}
	for i, g := range messages {
		if len(g) != degree {
			return fmt.Errorf("%w: %s: %d elements in round %d, want %d", ErrRejected, what, len(g), i, degree)
		}
	}
	return nil
}

func checkHalf[E r1cs.Element, C comparable](c *curve[E, C], f form, p *halfProof[E, C], rounds, degree int) error {
	if err := checkRounds(c.name+" rows", p.outer, f.rowVars(), outerDegree); err != nil {
		return err
	}
	if err := checkRounds(c.name, p.batch, rounds, degree); err != nil {
		return err
	}
	if err := checkInstance(c, f, p.mask); err != nil {
		return fmt.Errorf("%w: mask: %w", ErrRejected, err)
	}
	if !c.onCurve(p.cross) {
		return fmt.Errorf("%w: %s: the cross term is not on the curve", ErrRejected, c.name)
	}
	return nil
}

// open plays the verifier's side up to the values of the outer sumcheck.
func open[E r1cs.Element, C comparable](c *curve[E, C], f form, shape *r1cs.Shape[E], tr *transcript.Native, u Instance[E, C], p *halfProof[E, C]) *half[E, C] {
	h, _ := fold(c, f, shape, tr, u, p)
	rx, value := verifyOuter(c, tr, c.challenges(tr, f.rowVars()), p.outer)
	h.enter(tr, rx, value, p.values)
	return h
}

// settle plays the verifier's side of a half's last sumcheck. It returns the point,
// the weights, and the value that the sum of all claims must have there.
func settle[E r1cs.Element, C comparable](c *curve[E, C], tr *transcript.Native, t []E, claims []claim[E], messages [][]E) (s, weights []E, value E) {
	weights, sum := weigh(c, tr, t, claims)
	s, value = verifyBatch(c, tr, sum, messages)
	return
}

func (k *VerifierKey) verifyMain(tr *transcript.Native, s *Statement, proof *Proof) error {
	c, m := bn254Curve, &proof.matrices
	h := open(c, k.main, nil, tr, s.Main, &proof.main)
	l := beginLookups(h, &k.matrices, tr, m)
	l.draw(tr, m)
	t := absorbConcealers(tr, proof, k.vars(s.Claims))
	claims := mainClaims(h, t, s, proof, l)
	at, weights, value := settle(c, tr, t, claims, proof.main.batch)
	factors, value := gather(c.field, len(h.polys), t, at, claims, weights, value)
	value = c.add(value, l.valuesAt(tr, m, at, factors))
	claim := mercury.Claim{Commitment: h.sum(factors), NumVars: len(t), Value: value}
	return mercury.Verify(k.opening, tr, at, []mercury.Claim{claim}, proof.opening)
}

// mainClaims are all claims of the main half: its own, those of the statement, those on
// the concealing polynomials, and that on the matrices.
func mainClaims(h *mainHalf, t []fr.Element, s *Statement, proof *Proof, l *lookups) []claim[fr.Element] {
	out := h.claims(t)
	for _, c := range s.Claims {
		out = append(out, h.evaluation(h.commit(c.Commitment), c.Point, c.Value))
	}
	out = append(out, concealerClaims(h, len(t), proof.concealers)...)
	return append(out, l.claims(&proof.matrices)...)
}

func (k *VerifierKey) verifyCycle(tr *transcript.Native, s *Statement, proof *Proof) error {
	c := grumpkinCurve
	h := open(c, k.cycle, k.shape, tr, s.Cycle, &proof.cycle)
	t := c.challenges(tr, h.vars())
	claims := append(h.claims(t), h.direct())
	at, weights, value := settle(c, tr, t, claims, proof.cycle.batch)
	factors, value := gather(c.field, len(h.polys), t, at, claims, weights, value)
	claim := ipa.Claim{Commitment: h.sum(factors), NumVars: len(t), Value: value}
	return ipa.Verify(k.inner, tr, at, []ipa.Claim{claim}, proof.inner)
}
