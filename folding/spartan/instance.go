package spartan

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/transcript"
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

// Instance is a running instance of a Relation in relaxed R1CS: W has a commitment for each part of the
// witness, E is the commitment to the error vector, U is the factor u, and X are the public inputs.
type Instance[E, C any] struct {
	W []C
	E C
	U E
	X []E
}

// Witness is the witness of an Instance: W has a value for each private variable, E one for each row, BlindW the
// blind of each commitment of the instance's W, and BlindE that of its E.
type Witness[E any] struct {
	W, E   []E
	BlindW []E
	BlindE E
}

// Claim is a PointClaim on BN254.
type Claim = PointClaim[fr.Element, bn254.G1Affine]

// PointClaim says that the multilinear polynomial in len(Point) variables that Commitment
// commits to has Value at Point.
type PointClaim[E, C any] struct {
	Commitment C
	Point      []E
	Value      E
}

// ClaimWitness is the opening of a Claim's commitment: the polynomial's 2^len(Point) values, indexed with the
// first variable as the highest bit, and the blind.
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
func checkInstance[E curve.Element, C comparable](c *curve.Curve[E, C], f form, u Instance[E, C]) error {
	if len(u.W) != len(f.parts) || len(u.X) != f.public {
		return fmt.Errorf("%w: %s: %d commitments and %d public inputs, want %d and %d",
			ErrStatement, c.Name, len(u.W), len(u.X), len(f.parts), f.public)
	}
	for i, p := range append(u.W[:len(u.W):len(u.W)], u.E) {
		if !c.OnCurve(p) {
			return fmt.Errorf("%w: %s: commitment %d is not on the curve", ErrStatement, c.Name, i)
		}
	}
	return nil
}

func checkWitness[E curve.Element](f form, w Witness[E]) error {
	if len(w.W) != f.private() || len(w.E) != f.rows || len(w.BlindW) != len(f.parts) {
		return fmt.Errorf("%w: %d variables, %d error terms, %d blinds, want %d, %d, %d",
			ErrWitness, len(w.W), len(w.E), len(w.BlindW), f.private(), f.rows, len(f.parts))
	}
	return nil
}

// absorbInstance absorbs all that is public of an instance.
func absorbInstance[E, C any](tr channel[E, C], label string, u Instance[E, C]) {
	tr.AbsorbPoints(label+" W, E", append(u.W[:len(u.W):len(u.W)], u.E)...)
	tr.Absorb(label+" u, x", append([]E{u.U}, u.X...)...)
}

// absorb is absorbStatement for the statement and the digest of a verifier's key.
func (s *Statement) absorb(tr *transcript.Native, key fr.Element) {
	head := [3]fr.Element{key, s.Context, fr.NewElement(uint64(len(s.Claims)))}
	absorbStatement(curve.BN254.Channel(tr), curve.Grumpkin.Channel(tr), head, s.Main, s.Cycle, s.Claims)
}

// domain names the argument in its transcript.
const domain = "fold spartan"

// absorbStatement absorbs a statement. head is the digest of the verifier's key, the
// context, and the number of claims. The relations and the commitment keys are not
// absorbed: the digest is of all of them. Neither are the claims' numbers of variables: the
// length of a message is part of it.
func absorbStatement[E, C, F, D any](
	tr channel[E, C], onCycle channel[F, D], head [3]E, main Instance[E, C], cycle Instance[F, D],
	claims []PointClaim[E, C],
) {
	tr.Absorb("statement", head[:]...)
	absorbInstance(tr, "main", main)
	absorbInstance(onCycle, "cycle", cycle)
	for _, c := range claims {
		tr.AbsorbPoints("claim", c.Commitment)
		tr.Absorb("point", c.Point...)
		tr.Absorb("value", c.Value)
	}
}
