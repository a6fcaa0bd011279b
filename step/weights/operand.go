package weights

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/llama"
	"fold.example/fold/step/relation"
)

// Operand is a weight tensor with its values. Cell (y, k) is scale times the digit of Matrix
// at row Rows[y] and column Cols[k]; a cell in the padding is zero.
type Operand struct {
	WeightTensor
	Matrix kernel.Matrix
	Rows   []int32 // row of Matrix for each padded row, -1 in the padding
	Cols   []int32 // column of Matrix for each padded column, -1 in the padding
	scale  int64   // multiplier of a ternary matrix, whose digits are -1, 0, 1; else 1
	wide   bool    // digits have up to 17 bits, else up to 16
}

// OpenOperand returns the values of tensor t of a record of model m. The result shares a
// matrix with the model and holds a padded copy of a table. A tensor that the model lacks
// and a table longer than 2^Vars are errors.
func OpenOperand(m *llama.Model, s relation.Shape, _ Layout, record int, t WeightTensor) (*Operand, error) {
	o := &Operand{WeightTensor: t, scale: 1}
	whole := s.Whole()
	w := relation.NewModelView(m, whole, max(0, record-1))
	name := t.Name
	if record != EmbedRecord && record != HeadRecord(m.Config) {
		name = "0." + name
	}
	if t.Shared {
		name = t.Name
	}
	if t.Table {
		return o, o.openTable(w, name)
	}
	matrix, rows, cols, err := w.Matrix(name)
	if err != nil {
		return nil, err
	}
	o.Matrix, o.Rows, o.Cols = matrix, w.Places(rows), w.Places(cols)
	switch m := matrix.(type) {
	case *kernel.Ternary:
		o.scale = int64(m.Mul)
	case *kernel.W8:
		o.wide = true
	}
	return o, nil
}

func (o *Operand) openTable(w *relation.ModelView, name string) error {
	table, err := w.Table(name)
	if err != nil {
		return err
	}
	if len(table) > 1<<o.Vars() {
		return fmt.Errorf("weights: table %s of %d entries, expected at most %d", name, len(table), 1<<o.Vars())
	}
	padded := make([]int16, 1<<o.Vars())
	copy(padded, table)
	o.Matrix = &kernel.W16{Rows: 1 << o.RowBits, Cols: 1 << o.ColBits, Data: padded}
	o.Rows, o.Cols = identity(1<<o.RowBits), identity(1<<o.ColBits)
	return nil
}

func identity(n int) []int32 {
	v := make([]int32, n)
	for i := range v {
		v[i] = int32(i)
	}
	return v
}

// ReadRows fills dst with the digits of the layout's rows first, first+1, .... A row of the
// layout has 2^c cells; row block 2^RowBits + y holds the block's columns in matrix row y. The
// length of dst is a multiple of 2^c.
func (o *Operand) ReadRows(dst []int32, first, c int) {
	n := 1 << c
	kernel.For(len(dst)>>c, max(1, 1<<13>>c), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			block, y := (first+i)>>o.RowBits, (first+i)&(1<<o.RowBits-1)
			o.readRow(dst[i<<c:][:n], int(o.Rows[y]), o.Cols[block<<c:][:n])
		}
	})
}

// readRow fills dst with the digits of row y of the matrix at the given columns. A negative
// row or column is padding and gives zeros. Each type has its own loop for speed.
func (o *Operand) readRow(dst []int32, y int, cols []int32) {
	clear(dst)
	if y < 0 {
		return
	}
	switch m := o.Matrix.(type) {
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
		panic(fmt.Sprintf("weights: a matrix of type %T", m))
	}
}

var powersOf3 = [5]byte{1, 3, 9, 27, 81}

// Parts returns the number of 16-bit matrices that hold the digits: one if 16 bits hold a
// digit, else two with cell = scale (low + 4 high).
func (o *Operand) Parts() int {
	if o.wide {
		return 2
	}
	return 1
}

// wideFactor is the factor of the second part of a wide digit.
const wideFactor = 4

// Store writes a part of each digit to dst, which has the length of digits. A narrow digit has
// one part, the digit. For a wide digit, part 0 is its two lowest bits and part 1 the other
// bits.
func (o *Operand) Store(dst []int16, digits []int32, part int) {
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

// Factor returns the factor of a part: a cell is the sum of Factor(part) times the part.
func (o *Operand) Factor(part int) (f fr.Element) {
	f.SetInt64(o.scale)
	if part == 1 {
		f.SetInt64(wideFactor * o.scale)
	}
	return f
}
