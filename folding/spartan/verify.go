package spartan

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/r1cs"
)

type mainProver = prover[fr.Element, bn254.G1Affine]

// Verify checks a proof of the statement. It returns nil if and only if it holds;
// errors wrap ErrStatement or ErrRejected.
func Verify(k *VerifierKey, s *Statement, proof *Proof) error {
	if err := k.check(s); err != nil {
		return err
	}
	if err := proof.check(k, s); err != nil {
		return err
	}
	tr := transcript.New(domain)
	s.absorb(tr, k.digest)
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
	if err := checkSide(curve.BN254, k.main, &p.main.sideProof, k.vars(s.Claims), matrixDegree); err != nil {
		return err
	}
	return checkSide(curve.Grumpkin, k.cycle, &p.cycle, k.cycle.vars(), innerDegree)
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

func checkSide[E curve.Element, C comparable](
	c *curve.Curve[E, C], f form, p *sideProof[E, C], rounds, degree int,
) error {
	if err := checkRounds(c.Name+" rows", p.outer, f.rowVars(), outerDegree); err != nil {
		return err
	}
	if err := checkRounds(c.Name, p.batch, rounds, degree); err != nil {
		return err
	}
	if err := checkInstance(c, f, p.mask); err != nil {
		return fmt.Errorf("%w: mask: %w", ErrRejected, err)
	}
	if !c.OnCurve(p.cross) {
		return fmt.Errorf("%w: %s: the cross term is not on the curve", ErrRejected, c.Name)
	}
	return nil
}

// verifyMain checks the argument about the main instance and the claims.
func (k *VerifierKey) verifyMain(tr *transcript.Native, s *Statement, proof *Proof) error {
	ar := curve.Fr.Arithmetic()
	ch := curve.BN254.Channel(tr)
	left, err := verifyMain(ar, ch, k.main, &k.matrices, k.vars(s.Claims), s.Main, s.Claims, &proof.main)
	if err = errors.Join(err, ar.Err()); err != nil {
		return err
	}
	return k.opening.Verify(tr, left.point, left.claims(curve.BN254), proof.opening)
}

// verifyCycle checks the argument about the cycle instance.
func (k *VerifierKey) verifyCycle(tr *transcript.Native, s *Statement, proof *Proof) error {
	ar := curve.Fq.Arithmetic()
	ch := curve.Grumpkin.Channel(tr)
	matrices := func(rx, rho, y []fq.Element) fq.Element {
		return evaluateMatrices(curve.Fq, k.shape, rx, rho, y)
	}
	left, err := verifyCycle(ar, ch, k.cycle, matrices, s.Cycle, &proof.cycle)
	if err = errors.Join(err, ar.Err()); err != nil {
		return err
	}
	return k.inner.Verify(tr, left.point, left.claims(curve.Grumpkin), proof.inner)
}

// evaluateMatrices returns (A + rho B + rho^2 C)~(rx, y), in one pass over all entries.
func evaluateMatrices[E curve.Element](c *curve.Field[E], shape *r1cs.Shape[E], rx, rho, y []E) E {
	e := c.EqTable(y)
	w, head := e[:shape.Private()], e[shape.Private():]
	p, err := shape.Multiply(head[0], head[1:1+shape.Public()], w)
	if err != nil {
		panic("spartan: " + err.Error()) // the lengths are the shape's
	}
	rows, sum := c.EqTable(rx)[:shape.Rows()], c.Zero
	for k, v := range [][]E{p.A, p.B, p.C} {
		sum = c.Add(sum, c.Mul(rho[k], c.Dot(rows, v)))
	}
	return sum
}
