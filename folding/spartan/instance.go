package spartan

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold/internal/transcript"
	"fold/r1cs"
)

var (
	// ErrStatement marks a statement that has no proof because of its shape: a
	// wrong number of something, a point off its curve.
	ErrStatement = errors.New("spartan: bad statement")
	// ErrWitness marks a witness that is not one of the statement.
	ErrWitness = errors.New("spartan: not a witness of the statement")
	// ErrRejected marks a proof that is well formed and does not prove the statement.
	ErrRejected = errors.New("spartan: proof rejected")
	// ErrEncoding marks bytes that are no proof for the key and the statement.
	ErrEncoding = errors.New("spartan: malformed proof")
)

// Instance is a running instance of a Relation: a commitment to each part of the
// witness, one to the error vector, the factor u, and the public inputs.
type Instance[E r1cs.Element, C comparable] struct {
	W []C
	E C
	U E
	X []E
}

// Witness is what an Instance commits to, with the blinds. W has all private
// variables, BlindW a blind a part.
type Witness[E r1cs.Element] struct {
	W, E   []E
	BlindW []E
	BlindE E
}

// Claim says that the multilinear polynomial in len(Point) variables that Commitment
// commits to has Value at Point.
type Claim struct {
	Commitment bn254.G1Affine
	Point      []fr.Element
	Value      fr.Element
}

// ClaimWitness is what a Claim's commitment commits to: 2^len(Point) values, the
// first variable the highest bit of the index, and the blind.
type ClaimWitness struct {
	Values []fr.Element
	Blind  fr.Element
}

// Statement is what is proven: both instances are satisfied by vectors that the
// prover knows, and the claims hold.
type Statement struct {
	// Context is the digest of everything else that the proof is to be bound to.
	Context fr.Element
	Main    Instance[fr.Element, bn254.G1Affine]
	Cycle   Instance[fq.Element, grumpkin.G1Affine]
	Claims  []Claim
}

// Secret is the witness of a Statement.
type Secret struct {
	Main   Witness[fr.Element]
	Cycle  Witness[fq.Element]
	Claims []ClaimWitness
}

// checkInstance says whether an instance has the relation's form.
func checkInstance[E r1cs.Element, C comparable](c *curve[E, C], f form, u Instance[E, C]) error {
	if len(u.W) != len(f.parts) || len(u.X) != f.public {
		return fmt.Errorf("%w: %s: %d commitments and %d public inputs, want %d and %d",
			ErrStatement, c.name, len(u.W), len(u.X), len(f.parts), f.public)
	}
	for i, p := range append(u.W[:len(u.W):len(u.W)], u.E) {
		if !c.onCurve(p) {
			return fmt.Errorf("%w: %s: commitment %d is not on the curve", ErrStatement, c.name, i)
		}
	}
	return nil
}

func checkWitness[E r1cs.Element](f form, w Witness[E]) error {
	if len(w.W) != f.private() || len(w.E) != f.rows || len(w.BlindW) != len(f.parts) {
		return fmt.Errorf("%w: %d variables, %d error terms, %d blinds, want %d, %d, %d",
			ErrWitness, len(w.W), len(w.E), len(w.BlindW), f.private(), f.rows, len(f.parts))
	}
	return nil
}

func absorbInstance[E r1cs.Element, C comparable](tr *transcript.Native, c *curve[E, C], label string, u Instance[E, C]) {
	c.absorbPoints(tr, label+" W, E", append(u.W[:len(u.W):len(u.W)], u.E)...)
	c.absorbScalars(tr, label+" u, x", append([]E{u.U}, u.X...)...)
}

// absorb starts the transcript of a statement.
func (s *Statement) absorb(key fr.Element) *transcript.Native {
	tr := transcript.New("fold spartan")
	tr.Absorb("statement", key, s.Context, fr.NewElement(uint64(len(s.Claims))))
	absorbInstance(tr, bn254Curve, "main", s.Main)
	absorbInstance(tr, grumpkinCurve, "cycle", s.Cycle)
	for _, c := range s.Claims {
		transcript.AbsorbPoints(tr, "claim", c.Commitment)
		tr.Absorb("point", c.Point...)
		tr.Absorb("value", c.Value)
	}
	return tr
}
