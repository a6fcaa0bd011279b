package ipa

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/transcript"
)

// errDegenerate: a challenge is zero. It happens with probability 2^-126.
var errDegenerate = errors.New("ipa: degenerate challenge")

// Open proves the claims at the point z. The polynomials may have fewer
// variables than z has coordinates, see Claim; claims[i] and witnesses[i] belong
// together. The blinds of the messages are read from random, from the system's
// generator if it is nil. The combined value is checked, the commitments are not.
//
// tr must have absorbed whatever the claims depend on; afterwards it has
// absorbed the claims and the proof.
func Open(
	key *Key, tr *transcript.Native, z []fq.Element, claims []Claim, witnesses []Witness, random io.Reader,
) (*Proof, error) {
	if err := checkShape(key, len(z), claims); err != nil {
		return nil, err
	}
	if err := checkWitnesses(key, claims, witnesses); err != nil {
		return nil, err
	}
	if random == nil {
		random = rand.Reader
	}
	absorbStatement(tr, key, z, claims)
	coeff, value := combine(tr, z, claims)
	p := newProver(key, z, coeff, witnesses)
	if v := p.a.InnerProduct(p.b); !v.Equal(&value) {
		return nil, fmt.Errorf("%w: the polynomials do not take the claimed values", ErrStatement)
	}
	p.xi = channel(tr).Challenge()
	for range z {
		if err := p.round(tr, random); err != nil {
			return nil, err
		}
	}
	return p.proof, p.finish(tr, random)
}

func checkWitnesses(key *Key, claims []Claim, witnesses []Witness) error {
	if len(claims) != len(witnesses) {
		return fmt.Errorf("%w: %d claims, %d witnesses", ErrStatement, len(claims), len(witnesses))
	}
	for i, w := range witnesses {
		if most := key.live(claims[i].NumVars); len(w.Polynomial) > most {
			return fmt.Errorf("%w: claim %d: %d values, at most %d", ErrStatement, i, len(w.Polynomial), most)
		}
	}
	return nil
}

// prover holds the folded vectors. The generators are never folded: those of
// round j are s ⊗ G with s the tensor of the challenges so far, so that a round
// is two multiplications of half the key's points.
type prover struct {
	key   *Key
	a, b  fq.Vector
	blind fq.Element
	xi    fq.Element
	x     fq.Vector
	proof *Proof
}

func newProver(key *Key, z []fq.Element, coeff fq.Vector, witnesses []Witness) *prover {
	p := &prover{key: key, a: make(fq.Vector, 1<<len(z)), b: curve.Fq.EqTable(z), proof: new(Proof)}
	clear(p.b[key.live(len(z)):])
	var t fq.Element
	for i, w := range witnesses {
		scaled := make(fq.Vector, len(w.Polynomial))
		scaled.ScalarMul(w.Polynomial, &coeff[i])
		part := p.a[:len(scaled)]
		part.Add(part, scaled)
		t.Mul(&coeff[i], &w.Blind)
		p.blind.Add(&p.blind, &t)
	}
	return p
}

// round sends L = <a_lo, G_hi> + <a_lo, b_hi> ξU + l H and R = <a_hi, G_lo> +
// <a_hi, b_lo> ξU + r H, draws x, and folds.
func (p *prover) round(tr *transcript.Native, random io.Reader) error {
	half := len(p.a) / 2
	lo, hi := p.a[:half], p.a[half:]
	var blinds [2]fq.Element
	if err := draw(random, &blinds[0], &blinds[1]); err != nil {
		return err
	}
	left := p.cross(lo, half, p.b[half:], &blinds[0])
	right := p.cross(hi, 0, p.b[:half], &blinds[1])
	p.proof.left, p.proof.right = append(p.proof.left, left), append(p.proof.right, right)
	x := absorbRound(tr, &left, &right)
	if x.IsZero() {
		return errDegenerate
	}
	p.x = append(p.x, x)
	var inverse, t fq.Element
	inverse.Inverse(&x)
	p.a, p.b = fold(p.a, &inverse), fold(p.b, &x)
	t.Mul(&blinds[0], &x)
	p.blind.Add(&p.blind, &t)
	t.Mul(&blinds[1], &inverse)
	p.blind.Add(&p.blind, &t)
	return nil
}

// cross returns <a, G'_at...> + <a, b> ξU + blind·H, where G' are the folded
// generators and at the first of those that belong to a.
func (p *prover) cross(a fq.Vector, at int, b fq.Vector, blind *fq.Element) grumpkin.G1Affine {
	s := tensor(p.x, new(fq.Element).SetOne())
	points := make([]grumpkin.G1Affine, 0, len(s)*len(a)+2)
	scalars := make(fq.Vector, 0, len(s)*len(a)+2)
	for i := range s {
		from := i*len(p.a) + at
		to := min(from+len(a), len(p.key.points))
		if from >= to {
			break
		}
		points = append(points, p.key.points[from:to]...)
		n := len(scalars)
		scalars = scalars[:n+to-from]
		part := scalars[n:]
		part.ScalarMul(a[:to-from], &s[i])
	}
	u := a.InnerProduct(b)
	u.Mul(&u, &p.xi)
	return sum(append(points, p.key.u, p.key.h), append(scalars, u, *blind))
}

// finish proves knowledge of a and the blind with P = a Q + blind·H, where
// Q = G' + b ξU is all that is left of generators and values: T = d Q + e H,
// A = d + c a, B = e + c blind.
func (p *prover) finish(tr *transcript.Native, random io.Reader) error {
	var d, e fq.Element
	if err := draw(random, &d, &e); err != nil {
		return err
	}
	t := p.cross(fq.Vector{d}, 0, p.b, &e)
	p.proof.final = t
	c := absorbFinal(tr, &t)
	p.proof.a.Mul(&c, &p.a[0]).Add(&p.proof.a, &d)
	p.proof.b.Mul(&c, &p.blind).Add(&p.proof.b, &e)
	absorbAnswers(tr, &p.proof.a, &p.proof.b)
	return nil
}

// draw sets each element to one that is uniform up to 2^-130.
func draw(random io.Reader, out ...*fq.Element) (err error) {
	for _, x := range out {
		if *x, err = curve.Fq.Draw(random); err != nil {
			return fmt.Errorf("ipa: drawing a blind: %w", err)
		}
	}
	return nil
}
