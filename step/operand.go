package step

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/kernel"
	"fold/llama"
)

// operand is a weight tensor with its values: cell (y, k) is scale times
// the matrix's digit at its live row and column, or zero in the padding.
type operand struct {
	weightTensor
	matrix kernel.Matrix
	rows   []int32 // the matrix's row at each padded one, -1 in the padding
	cols   []int32
	scale  int64 // a ternary matrix' multiplier; its digits are -1, 0, 1
	wide   bool  // digits of up to 17 bits, else 16
}

// openOperand finds a tensor of a record in the model. Matrices are views of the
// model's own; tables are padded copies.
func openOperand(m *llama.Model, s Shape, l Layout, record int, t weightTensor) (*operand, error) {
	o := &operand{weightTensor: t, scale: 1}
	whole := s.whole()
	w := NewModelView(m, whole, max(0, record-1))
	name := t.Name
	if record != embedRecord && record != headRecord(m.Config) {
		name = "0." + name
	}
	if t.Table {
		return o, o.openTable(w, name)
	}
	matrix, rows, cols, err := w.Matrix(name)
	if err != nil {
		return nil, err
	}
	o.matrix, o.rows, o.cols = matrix, w.Places(rows), w.Places(cols)
	switch m := matrix.(type) {
	case *kernel.Ternary:
		o.scale = int64(m.Mul)
	case *kernel.W8:
		o.wide = true
	}
	return o, nil
}

func (o *operand) openTable(w *ModelView, name string) error {
	switch o.Name {
	case "cos", "sin", ExpTable.String(), SiluTable.String():
		name = o.Name
	}
	table, err := w.Table(name)
	if err != nil {
		return err
	}
	if len(table) > 1<<o.vars() {
		return fmt.Errorf("step: table %s of %d entries, expected at most %d", name, len(table), 1<<o.vars())
	}
	padded := make([]int16, 1<<o.vars())
	copy(padded, table)
	o.matrix = &kernel.W16{Rows: 1 << o.RowBits, Cols: 1 << o.ColBits, Data: padded}
	o.rows, o.cols = identity(1<<o.RowBits), identity(1<<o.ColBits)
	return nil
}

func identity(n int) []int32 {
	v := make([]int32, n)
	for i := range v {
		v[i] = int32(i)
	}
	return v
}

// readRows fills dst with the digits of rows first, first+1, ... of the layout:
// row (block, y) holds the 2^c columns of the block in row y.
func (o *operand) readRows(dst []int32, first, c int) {
	n := 1 << c
	kernel.For(len(dst)>>c, max(1, 1<<13>>c), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			block, y := (first+i)>>o.RowBits, (first+i)&(1<<o.RowBits-1)
			o.readRow(dst[i<<c:][:n], int(o.rows[y]), o.cols[block<<c:][:n])
		}
	})
}

// readRow fills dst with the digits of a row of the matrix at the given columns,
// -1 for those of the padding. The loops are apart for their speed.
func (o *operand) readRow(dst []int32, y int, cols []int32) {
	clear(dst)
	if y < 0 {
		return
	}
	switch m := o.matrix.(type) {
	case *kernel.W16:
		row := m.Data[y*m.Cols:][:m.Cols]
		for i, k := range cols {
			if k >= 0 {
				dst[i] = int32(row[k])
			}
		}
	case *kernel.W8:
		row, mul := m.Data[y*m.Cols:][:m.Cols], m.Mul[y*m.Groups():][:m.Groups()]
		for i, k := range cols {
			if k >= 0 {
				dst[i] = int32(row[k]) * int32(mul[k/kernel.GroupSize])
			}
		}
	case *kernel.Ternary:
		row := m.Data[y*m.Stride():][:m.Stride()]
		for i, k := range cols {
			if k >= 0 {
				dst[i] = int32(row[k/5]/powersOf3[k%5]%3) - 1
			}
		}
	default:
		panic(fmt.Sprintf("step: a matrix of type %T", m))
	}
}

var powersOf3 = [5]byte{1, 3, 9, 27, 81}

// parts cuts digits into matrices of 16 bits: cell = scale (low + factor high),
// one matrix where 16 bits hold a digit, else two with factor 4.
func (o *operand) parts() int {
	if o.wide {
		return 2
	}
	return 1
}

// wideFactor is what the second part of a wide digit counts.
const wideFactor = 4

// store writes digits as 16-bit numbers: as they are, or part 0, the two lowest
// bits, and part 1, the others.
func (o *operand) store(dst []int16, digits []int32, part int) {
	for i, d := range digits {
		switch {
		case !o.wide:
			dst[i] = int16(d)
		case part == 0:
			dst[i] = int16(d & (wideFactor - 1))
		default:
			dst[i] = int16(d >> 2)
		}
	}
}

// factor is what a part of an operand's digits counts.
func (o *operand) factor(part int) (f fr.Element) {
	f.SetInt64(o.scale)
	if part == 1 {
		f.SetInt64(wideFactor * o.scale)
	}
	return f
}
