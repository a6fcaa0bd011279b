package step

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/poly"
)

// ErrEncoding says that bytes are not the encoding of a step's proof: of the
// wrong length, an element that is not below the modulus, a point that is not on
// the curve or not in its one encoding.
var ErrEncoding = errors.New("step: not the encoding of a proof")

// The encoding is the commitments in the order of points, and then the elements
// in the order of each, with nothing in between: how many there are follows from
// the program. A point is compressed, 32 bytes; an element is 32 bytes,
// big-endian, below the modulus.
const elementSize = fr.Bytes

// blank returns messages of the argument's shape, all zero.
func (a *Argument) blank() *Messages[fr.Element] {
	m := &Messages[fr.Element]{
		Sums:        make([]fr.Element, len(a.plan.elementwise.spaces)),
		Elementwise: blankRounds(a.plan.elementwise.shape()),
		Values:      make([]fr.Element, len(a.plan.claims)),
	}
	for i := range a.plan.levels {
		m.Levels = append(m.Levels, blankRounds(a.plan.levels[i].shape()))
	}
	r := a.reduction.shape()
	rounds := 0
	for _, n := range r.Vars {
		rounds = max(rounds, n)
	}
	m.Reduction.Rounds = blankRounds(poly.Shape{Rounds: rounds, Degree: 2})
	m.Reduction.Values = make([]fr.Element, len(r.Vars))
	return m
}

func blankRounds(s poly.Shape) poly.Proof[fr.Element] {
	p := make(poly.Proof[fr.Element], s.Rounds)
	for i := range p {
		p[i] = make([]fr.Element, s.Degree)
	}
	return p
}

// each visits every list of elements: the sums and rounds of the constraints, the
// rounds of the levels, all values, and the reduction's rounds and values.
func (m *Messages[E]) each(visit func([]E) error) error {
	lists := append([][]E{m.Sums}, m.Elementwise...)
	for _, l := range m.Levels {
		lists = append(lists, l...)
	}
	lists = append(lists, m.Values)
	lists = append(lists, m.Reduction.Rounds...)
	for _, l := range append(lists, m.Reduction.Values) {
		if err := visit(l); err != nil {
			return err
		}
	}
	return nil
}

// ProofSize returns the length of an encoded proof in bytes.
func (a *Argument) ProofSize() int {
	n := len(pointNames) * bn254.SizeOfG1AffineCompressed
	_ = a.blank().each(func(v []fr.Element) error { n += len(v) * elementSize; return nil })
	return n
}

// Encode returns the one encoding of the proof.
func (p *Proof) Encode() []byte {
	var b []byte
	for _, c := range p.points() {
		x := c.Bytes()
		b = append(b, x[:]...)
	}
	_ = p.each(func(v []fr.Element) error {
		for i := range v {
			x := v[i].Bytes()
			b = append(b, x[:]...)
		}
		return nil
	})
	return b
}

// DecodeProof reads a proof for the argument. It accepts exactly what Encode
// writes of proofs of its shape; the error wraps ErrEncoding.
func (a *Argument) DecodeProof(b []byte) (*Proof, error) {
	if want := a.ProofSize(); len(b) != want {
		return nil, fmt.Errorf("%w: %d bytes, expected %d", ErrEncoding, len(b), want)
	}
	p := &Proof{Messages: *a.blank()}
	for i, c := range p.points() {
		if err := decodePoint(c, b[:bn254.SizeOfG1AffineCompressed]); err != nil {
			return nil, fmt.Errorf("%w: commitment to %s: %w", ErrEncoding, pointNames[i], err)
		}
		b = b[bn254.SizeOfG1AffineCompressed:]
	}
	n := 0
	err := p.each(func(v []fr.Element) error {
		for i := range v {
			if err := v[i].SetBytesCanonical(b[:elementSize]); err != nil {
				return fmt.Errorf("%w: element %d is not below the modulus", ErrEncoding, n)
			}
			b = b[elementSize:]
			n++
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// decodePoint reads a compressed point. The library accepts more than one
// encoding of some points, so the point must give its bytes again.
func decodePoint(p *bn254.G1Affine, b []byte) error {
	if _, err := p.SetBytes(b); err != nil {
		return err
	}
	if again := p.Bytes(); string(again[:]) != string(b) {
		return errors.New("not in its one encoding")
	}
	return nil
}
