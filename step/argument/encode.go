package argument

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/wire"
	"fold.example/fold/internal/wire/elements"
)

// ErrEncoding reports that bytes are not the encoding of a step's proof: the length is wrong, an element is
// not below the modulus, or a point is not on the curve or not in its only valid encoding.
var ErrEncoding = errors.New("step: not the encoding of a proof")

// ElementSize is the size of an encoded element in bytes: 32, big-endian, below the modulus. A proof's
// encoding consists of the commitments in the order of method points, each compressed to 32 bytes, and of
// the elements in the order of method each. The program determines their number. The encoding omits
// padding.
const ElementSize = fr.Bytes

// Blank returns messages of the lengths of the argument's UniformLayout, all zero.
func (a *Argument) Blank() *Messages[fr.Element] {
	f := a.Frame
	m := &Messages[fr.Element]{
		Sums:        make([]fr.Element, f.sums),
		Elementwise: blankRounds(f.elementwise),
		Values:      make([]fr.Element, f.values()),
	}
	for _, l := range f.levels {
		m.Levels = append(m.Levels, blankRounds(l.Shape))
	}
	m.Reduction.Rounds = blankRounds(poly.Shape{Rounds: f.rounds(), Degree: 2})
	m.Reduction.Values = make([]fr.Element, len(f.polys))
	return m
}

func blankRounds(s poly.Shape) poly.Proof[fr.Element] {
	p := make(poly.Proof[fr.Element], s.Rounds)
	for i := range p {
		p[i] = make([]fr.Element, s.Degree)
	}
	return p
}

// Lists are all lists of elements, those of a frame, in the order of the
// encoding.
func (m *Messages[E]) Lists() [][]E {
	all := append([][]E{m.Sums}, m.Elementwise...)
	for _, l := range m.Levels {
		all = append(all, l...)
	}
	all = append(all, m.Values)
	return append(append(all, m.Reduction.Rounds...), m.Reduction.Values)
}

// each visits every list of elements, and says whether it is the argument's own or
// fills the frame up: the sums and rounds of the constraints, the rounds of the
// levels, all values, and the reduction's rounds and values.
func (a *Argument) each(m *Messages[fr.Element], visit func(list []fr.Element, own bool) error) error {
	var err error
	all := func(lists [][]fr.Element, own bool) {
		for _, l := range lists {
			if err == nil && len(l) > 0 {
				err = visit(l, own)
			}
		}
	}
	n := len(a.Plan.elementwise.spaces)
	all([][]fr.Element{m.Sums[:n]}, true)
	all([][]fr.Element{m.Sums[n:]}, false)
	all(m.Elementwise, true)
	for i, l := range m.Levels {
		all(l, len(a.Plan.levels[i].instances) > 0)
	}
	for i := range m.Values {
		all([][]fr.Element{m.Values[i : i+1]}, !a.Plan.isPadding(i))
	}
	all(m.Reduction.Rounds, true)
	for i, p := range a.Frame.polys {
		all([][]fr.Element{m.Reduction.Values[i : i+1]}, slices.Contains(a.reduction.polys, p))
	}
	return err
}

// own visits the lists that are encoded.
func (a *Argument) own(m *Messages[fr.Element], visit func(list []fr.Element)) {
	_ = a.each(m, func(list []fr.Element, own bool) error {
		if own {
			visit(list)
		}
		return nil
	})
}

// checkPadding refuses messages of another frame's shape, and elements other than
// zero where the frame is filled up.
func (a *Argument) checkPadding(m *Messages[fr.Element]) error {
	v := &verifier[fr.Element]{common: a.Frame, m: m}
	if err := v.checkShape(); err != nil {
		return err
	}
	return a.each(m, func(list []fr.Element, own bool) error {
		if !own && slices.ContainsFunc(list, func(e fr.Element) bool { return !e.IsZero() }) {
			return fmt.Errorf("%w: an element that the program does not have", ErrShape)
		}
		return nil
	})
}

// ProofSize returns the length of an encoded proof in bytes.
func (a *Argument) ProofSize() int {
	n := len(pointNames) * bn254.SizeOfG1AffineCompressed
	a.own(a.Blank(), func(v []fr.Element) { n += len(v) * ElementSize })
	return n
}

// Encode returns the one encoding of a proof of the argument. The error is ErrShape for a
// proof of another frame.
func (a *Argument) Encode(p *Proof) ([]byte, error) {
	if err := a.checkPadding(&p.Messages); err != nil {
		return nil, err
	}
	b := wire.Encode(func(c *wire.Coder) { a.code(c, p) })
	if want := a.ProofSize(); len(b) != want {
		return nil, fmt.Errorf("%w: %d bytes, expected %d", ErrShape, len(b), want)
	}
	return b, nil
}

// DecodeProof reads a proof for the argument. It accepts exactly what Encode
// writes of proofs of its shape; the error wraps ErrEncoding.
func (a *Argument) DecodeProof(b []byte) (*Proof, error) {
	if want := a.ProofSize(); len(b) != want {
		return nil, fmt.Errorf("%w: %d bytes, expected %d", ErrEncoding, len(b), want)
	}
	p := &Proof{Messages: *a.Blank()}
	if err := wire.Decode(b, func(c *wire.Coder) { a.code(c, p) }); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEncoding, err)
	}
	return p, nil
}

// code codes the points of a proof and the argument's own elements.
func (a *Argument) code(c *wire.Coder, p *Proof) {
	for i, x := range p.points() {
		elements.G1(c, "commitment to "+pointNames[i], x)
	}
	n := 0
	a.own(&p.Messages, func(v []fr.Element) {
		for i := range v {
			elements.Fr(c, "element "+strconv.Itoa(n), &v[i])
			n++
		}
	})
}
