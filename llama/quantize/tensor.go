package quantize

import (
	"fmt"
	"math"

	"fold.example/fold/llama/float"
	"fold.example/fold/llama/source"
)

// tensor is a matrix of the integer model before rounding: the rows of the source,
// multiplied by a factor and by the gain of the norm in front of the matrix.
type tensor struct {
	src        float.Source
	name       source.Tensor
	rows, cols int
	gain       []float32 // [cols], nil for none
	factor     float64
}

func newTensor(src float.Source, name source.Tensor, gain []float32) *tensor {
	rows, cols := source.Shape(src.Config(), name.Kind)
	t := &tensor{src: src, name: name, rows: rows, cols: cols, gain: gain, factor: 1}
	if name.Kind == source.Q {
		// The factor of the scores. If it is a power of two, it changes exponents and
		// no integer (rule 3).
		t.factor = 1 / math.Sqrt(float64(src.Config().HeadDim))
	}
	return t
}

// merge sets dst to a row of the source times factor and gain, in float64 (rule 1).
func (t *tensor) merge(dst []float64, row []float32) {
	for k, w := range row {
		dst[k] = float64(w) * t.factor
	}
	for k, g := range t.gain {
		dst[k] *= float64(g)
	}
}

// each calls use with every merged row, in parallel and in no particular order.
func (t *tensor) each(use func(y int, row []float64)) error { return t.eachIn(0, t.rows, use) }

// eachIn calls use with the merged rows first to end-1, in parallel and in no particular
// order.
func (t *tensor) eachIn(first, end int, use func(y int, row []float64)) error {
	return float.ReadGroups(t.src, t.name, first, end, func(lo int, rows []float32) {
		merged := make([]float64, t.cols)
		for y := lo; len(rows) > 0; y++ {
			t.merge(merged, rows[:t.cols])
			use(y, merged)
			rows = rows[t.cols:]
		}
	})
}

// stat is the result of a scan of a matrix.
type stat struct {
	largest float64 // max |w|, merged
	digit   float32 // the s of a matrix of -s, 0 and s, before merging
	ternary bool    // whether all entries are -s, 0 and s for one s
}

// scan reads a matrix once and returns its statistics.
func (t *tensor) scan() (stat, error) {
	parts := make([]stat, t.rows) // at the first row of each group
	err := float.ReadGroups(t.src, t.name, 0, t.rows, func(lo int, rows []float32) {
		s := stat{ternary: true}
		s.addDigits(rows)
		merged := make([]float64, t.cols)
		for ; len(rows) > 0; rows = rows[t.cols:] {
			t.merge(merged, rows[:t.cols])
			s.largest = max(s.largest, largest(merged))
		}
		parts[lo] = s
	})
	all := stat{ternary: true}
	for lo := 0; lo < t.rows; lo += float.GroupRows {
		s := parts[lo]
		all.largest = max(all.largest, s.largest)
		all.ternary = all.ternary && s.ternary && (s.digit == 0 || all.digit == 0 || s.digit == all.digit)
		all.digit = max(all.digit, s.digit)
	}
	return all, err
}

// addDigits updates digit and ternary with weights, before merging.
func (s *stat) addDigits(ws []float32) {
	for _, w := range ws {
		w = max(w, -w)
		if w == 0 || w == s.digit {
			continue
		}
		if s.digit != 0 {
			s.ternary = false
			return
		}
		s.digit = w
	}
}

func largest(xs []float64) float64 {
	m := 0.0
	for _, x := range xs {
		m = max(m, x, -x)
	}
	return m
}

// readRow reads a tensor of one row.
func readRow(src float.Source, name source.Tensor) ([]float32, error) {
	_, cols := source.Shape(src.Config(), name.Kind)
	row := make([]float32, cols)
	if err := src.ReadRows(name, 0, 1, row); err != nil {
		return nil, fmt.Errorf("reading the model: %w", err)
	}
	return row, nil
}
