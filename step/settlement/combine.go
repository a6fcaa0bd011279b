package settlement

import (
	"context"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/internal/prf"
	"fold.example/fold/step/weights"
)

// summand is a segment with its factor in the combination.
type summand struct {
	o       *weights.Operand
	segment int
	factor  fr.Element
}

// summands returns all segments and the sum of their blinding factors, each times its factor.
func (p *Prover) summands(
	ctx context.Context, blinds prf.Seed, factors fr.Vector,
) (all []summand, blind fr.Element, err error) {
	for i := range p.Tensors {
		t := &p.Tensors[i]
		o, err := p.operand(ctx, i)
		if err != nil {
			return nil, blind, err
		}
		for j := range t.Segments(p.layout) {
			s := summand{o, j, factors[t.Segment+j]}
			all = append(all, s)
			b := weights.WeightBlind(blinds, t.Record, &t.WeightTensor, j)
			blind.Add(&blind, b.Mul(&b, &s.factor))
		}
	}
	return all, blind, nil
}

// stripCells is the number of cells of every segment that are combined at a time.
const stripCells = 1 << 12

// Combine returns the combination of the segments' polynomials, with 2^vars coefficients: the
// sum of the polynomials and the sum of their blinding factors, each times the segment's
// factor. A strip of cells of the sum is the product of a vector with the matrix that has a
// row for each segment.
func (p *Prover) Combine(
	ctx context.Context, blinds prf.Seed, factors fr.Vector, vars int,
) (fr.Vector, fr.Element, error) {
	all, blind, err := p.summands(ctx, blinds, factors)
	if err != nil {
		return nil, blind, err
	}
	c := p.layout.ColumnBits
	sum := make(fr.Vector, 1<<vars)
	strip := min(len(sum), max(stripCells, 1<<c))
	cells := make([]int32, strip)
	var data []int16
	for at := 0; at < len(sum); at += strip {
		if err := ctx.Err(); err != nil {
			return nil, blind, err
		}
		m := &kernel.W16{Cols: strip, Data: data[:0]}
		var rowFactors fr.Vector
		for _, s := range all {
			size := 1 << s.o.SegmentVars(p.layout)
			if at >= size {
				continue
			}
			part := cells[:min(strip, size)]
			s.o.ReadRows(part, (s.segment*size+at)>>c, c)
			for i := range s.o.Parts() {
				m.Data = slices.Grow(m.Data, strip)[:len(m.Data)+strip]
				row := m.Data[len(m.Data)-strip:]
				clear(row[len(part):])
				s.o.Store(row, part, i)
				f := s.o.Factor(i)
				rowFactors = append(rowFactors, *f.Mul(&f, &s.factor))
				m.Rows++
			}
		}
		if data = m.Data; m.Rows > 0 {
			kernel.VecMat(sum[at:at+strip], rowFactors, m)
		}
	}
	return sum, blind, nil
}
