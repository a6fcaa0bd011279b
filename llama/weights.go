package llama

import (
	"fmt"
	"math"

	"fold.example/fold/internal/kernel"
)

// maxOverflow bounds the excess over 16 bits that a saturation cuts off: the relation
// holds the excess in two unsigned 16-bit limbs.
const maxOverflow = 1 << 32

// validateWeights reads a layer's weights. Each weight must be in its range, and before
// each saturation the value must stay below maxOverflow.
//
// The Euclidean norm of a norm's output is at most 32767 + sqrt(d)/2, with a gain or
// without, so a row's product is at most |row| |n| (Cauchy-Schwarz).
func (l *Layer) validateWeights(c Config, s Scales) error {
	a := c.Architecture()
	for w := range a.Matrices() {
		row, err := maxRowNorm(w.Linear(l).Matrix)
		if err != nil {
			return fmt.Errorf("%s: %w", w.Name, err)
		}
		r := a.RescaleOf(w.Kind)
		if r == nil || !r.Saturates {
			continue
		}
		if most := r.largest(a, l, c, s, row); most >= maxOverflow-1 {
			return invalidf("%s: values up to %.3g before saturation, expected less than 2^32", w.Name, most)
		}
	}
	return nil
}

// largest bounds the values before a saturation, for rows of the matrix with a Euclidean
// norm of at most row: (row |n| + |bias|) 2^-k, and after RoPE the sum of two such values
// times cos and sin.
func (r *Rescale) largest(a *Architecture, l *Layer, c Config, s Scales, row float64) float64 {
	w, k, bias := a.Weight(r.Of), r.Shift(a, l, s), int64(0)
	for _, b := range w.Linear(l).Bias {
		bias = max(bias, b, -b)
	}
	acc := row*(maxS16+math.Sqrt(float64(c.Dim))) + float64(bias)
	if w.Rotary {
		k -= ropeExp + 1
	}
	return math.Ldexp(acc, -k)
}

// maxRowNorm returns the largest Euclidean norm of a row of effective weights.
// It fails if a stored weight is outside its range.
func maxRowNorm(m kernel.Matrix) (float64, error) {
	switch m := m.(type) {
	case *kernel.W16:
		return w16RowNorm(m), nil
	case *kernel.W8:
		return w8RowNorm(m)
	case *kernel.Ternary:
		return ternaryRowNorm(m)
	}
	return 0, invalidf("matrix of type %T", m)
}

func w16RowNorm(m *kernel.W16) float64 {
	var largest int64
	for y := range m.Rows {
		var sum int64 // at most 2^30 2^17
		for _, w := range m.Data[y*m.Cols : (y+1)*m.Cols] {
			sum += int64(w) * int64(w)
		}
		largest = max(largest, sum)
	}
	return math.Sqrt(float64(largest))
}

func w8RowNorm(m *kernel.W8) (float64, error) {
	var largest int64
	groups := m.Groups()
	for y := range m.Rows {
		row := m.Data[y*m.Cols : (y+1)*m.Cols]
		var sum int64 // at most 2^34 2^17
		for g, mul := range m.Mul[y*groups : (y+1)*groups] {
			if mul < 1 || mul > 1023 {
				return 0, invalidf("multiplier %d in row %d, expected 1 to 1023", mul, y)
			}
			var squares int64
			for _, w := range row[g*kernel.GroupSize : min((g+1)*kernel.GroupSize, m.Cols)] {
				if w == math.MinInt8 {
					return 0, invalidf("weight -128 in row %d, expected -127 to 127", y)
				}
				squares += int64(w) * int64(w)
			}
			sum += squares * int64(mul) * int64(mul)
		}
		largest = max(largest, sum)
	}
	return math.Sqrt(float64(largest)), nil
}

const ternaryBytes = 243 // five digits a byte: 3^5 values

// nonzeroDigits[b] is the number of digits of a full byte that are not zero.
var nonzeroDigits = func() (table [ternaryBytes]int) {
	for b := range table {
		table[b] = countNonzero(b, 5)
	}
	return table
}()

func ternaryRowNorm(m *kernel.Ternary) (float64, error) {
	stride, largest := m.Stride(), 0
	last := m.Cols - 5*(stride-1) // digits in a row's last byte
	for y := range m.Rows {
		sum := 0
		row := m.Data[y*stride : (y+1)*stride]
		for _, b := range row {
			if b >= ternaryBytes {
				return 0, invalidf("byte %d in row %d of a ternary matrix, expected less than %d", b, y, ternaryBytes)
			}
			sum += nonzeroDigits[b]
		}
		if b := int(row[stride-1]); countNonzero(b, 5) != countNonzero(b, last) {
			return 0, invalidf("padding of row %d of a ternary matrix is not zero", y)
		}
		largest = max(largest, sum)
	}
	return float64(m.Mul) * math.Sqrt(float64(largest)), nil
}

// countNonzero counts the digits of b that are not zero among the first n.
func countNonzero(b, n int) int {
	count := 0
	for range n {
		if b%3 != 1 {
			count++
		}
		b /= 3
	}
	return count
}
