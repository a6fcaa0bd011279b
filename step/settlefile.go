package step

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/commit/mercury"
	"fold/internal/poly"
)

// Encode returns the settlement's bytes: the rounds of both sumchecks, two
// elements each, the omegas, 32 bytes big-endian each, and the opening. All
// lengths follow from the model commitment.
func (p *Settlement) Encode() []byte {
	var b []byte
	for _, rounds := range []poly.Proof[fr.Element]{p.Columns, p.Rows} {
		for _, r := range rounds {
			b = append(b, bytesOf(r...)...)
		}
	}
	return append(append(b, bytesOf(p.Omegas...)...), p.Opening.Encode()...)
}

// DecodeSettlement reads a settlement for a committed model. It accepts exactly
// what Encode writes for that model; errors wrap ErrEncoding.
func DecodeSettlement(c *ModelCommitment, b []byte) (*Settlement, error) {
	shape, err := c.Description.shape()
	if err != nil {
		return nil, err
	}
	s := &settlement{layout: c.Layout, tensors: shape.settledTensors(c.Layout)}
	s.outer = s.outerMax()
	columns, rows, omegas := s.layout.ColumnBits, s.outer, s.segmentCount()
	if want := elementSize*(2*columns+2*rows+omegas) + mercury.ProofSize; len(b) != want {
		return nil, fmt.Errorf("%w: a settlement of %d bytes, expected %d", ErrEncoding, len(b), want)
	}
	r := reader{b}
	p := &Settlement{
		Columns: blankRounds(poly.Shape{Rounds: columns, Degree: 2}),
		Rows:    blankRounds(poly.Shape{Rounds: rows, Degree: 2}),
		Omegas:  make(fr.Vector, omegas),
	}
	for _, list := range append(append(append(poly.Proof[fr.Element]{}, p.Columns...), p.Rows...), p.Omegas) {
		for i := range list {
			if list[i], err = r.element(); err != nil {
				return nil, fmt.Errorf("%w: settlement: %w", ErrEncoding, err)
			}
		}
	}
	if p.Opening, err = mercury.Decode(r.data); err != nil {
		return nil, fmt.Errorf("%w: settlement: %w", ErrEncoding, err)
	}
	return p, nil
}
