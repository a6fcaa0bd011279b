package relation

import (
	"unsafe"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/bitlen"
	"fold.example/fold/internal/kernel"
	"fold.example/fold/internal/poly"
)

// Column holds the padded values of a tensor, in the index order of the tensor's space, in
// one of several types. Cells of 16 bits stay 16 bits until the first round of a sumcheck.
type Column struct {
	// One of these five, or Index, has the cells.
	Unsigned []uint16
	Signed   []int16
	Ints     []int64
	Wide     []kernel.Int128
	Field    fr.Vector

	// With Table and Index, cell i is Table[Index[i]].
	Table fr.Vector
	Index []uint16
}

// Len returns the number of cells, padding included.
func (c *Column) Len() int {
	return max(len(c.Unsigned), len(c.Signed), len(c.Ints), len(c.Wide), len(c.Field), len(c.Index))
}

// At returns a cell as a field element.
func (c *Column) At(i int) (e fr.Element) {
	switch {
	case c.Unsigned != nil:
		e.SetUint64(uint64(c.Unsigned[i]))
	case c.Signed != nil:
		e.SetInt64(int64(c.Signed[i]))
	case c.Ints != nil:
		e.SetInt64(c.Ints[i])
	case c.Wide != nil:
		e = wide(c.Wide[i])
	case c.Index != nil:
		e = c.Table[c.Index[i]]
	default:
		e = c.Field[i]
	}
	return e
}

// Row returns the table row that a cell of 16 bits looks up.
func (c *Column) Row(i int) uint16 {
	if c.Signed != nil {
		return uint16(c.Signed[i])
	}
	return c.Unsigned[i]
}

// Bits returns the bit patterns of cells of 16 bits. The result shares the column's memory.
func (c *Column) Bits() []uint16 {
	if c.Signed == nil {
		return c.Unsigned
	}
	return unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(c.Signed))), len(c.Signed))
}

// two64 is 2^64.
var two64 = func() (e fr.Element) {
	e.SetUint64(1 << 32)
	return *e.Square(&e)
}()

// wide lifts a 128-bit integer.
func wide(v kernel.Int128) (e fr.Element) {
	var lo fr.Element
	e.SetInt64(v.Hi)
	e.Mul(&e, &two64)
	lo.SetUint64(v.Lo)
	return *e.Add(&e, &lo)
}

// scatter copies an array that is dense over the live cells of a space into its padded form.
// live returns the dense size of each axis.
func scatter[S ~[]T, T any](e *Extents, s Space, live func(Axis) int, src S) S {
	dst := make(S, 1<<e.Bits(s))
	e.runs(s, live, func(dense, padded, n int) { copy(dst[padded:padded+n], src[dense:dense+n]) })
	return dst
}

// gather is the inverse of scatter.
func gather[S ~[]T, T any](e *Extents, s Space, live func(Axis) int, src S) S {
	n := 1
	for _, a := range s {
		n *= live(a)
	}
	dst := make(S, n)
	e.runs(s, live, func(dense, padded, n int) { copy(dst[dense:dense+n], src[padded:padded+n]) })
	return dst
}

// runs visits the runs of live cells along the last axis of a space, with the offset of each
// run in the dense and in the padded array, and its length.
func (e *Extents) runs(s Space, live func(Axis) int, visit func(dense, padded, n int)) {
	var walk func(axis, dense, padded int) int
	walk = func(axis, dense, padded int) int {
		n := live(s[axis])
		if axis == len(s)-1 {
			visit(dense, padded, n)
			return dense + n
		}
		stride := 1 << e.Bits(s[axis+1:])
		for i := range n {
			dense = walk(axis+1, dense, padded+i*stride)
		}
		return dense
	}
	walk(0, 0, 0)
}

// Store writes the cells to dst, of length at least Len, as field elements.
func (c *Column) Store(dst fr.Vector) {
	kernel.For(c.Len(), ParallelGrain, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			dst[i] = c.At(i)
		}
	})
}

// IsZero reports whether the column has cells, and all of them are zero.
func (c *Column) IsZero() bool {
	switch {
	case c.Unsigned != nil:
		return allZero(c.Unsigned)
	case c.Signed != nil:
		return allZero(c.Signed)
	case c.Ints != nil:
		return allZero(c.Ints)
	}
	return false
}

func allZero[T uint16 | int16 | int64](v []T) bool {
	for _, x := range v {
		if x != 0 {
			return false
		}
	}
	return true
}

// Dense returns a copy of the cells as field elements.
func (c *Column) Dense() fr.Vector {
	v := make(fr.Vector, c.Len())
	c.Store(v)
	return v
}

// Rows returns the column as rows of 2^rowBits cells for a sumcheck, in the column's type
// where poly has that type. The rows share the column's memory.
func (c *Column) Rows(rowBits int) poly.Column {
	switch {
	case c.Unsigned != nil:
		return poly.Cells(rowsOf(c.Unsigned, rowBits))
	case c.Signed != nil:
		return poly.Cells(rowsOf(c.Signed, rowBits))
	case c.Ints != nil:
		return poly.Cells(rowsOf(c.Ints, rowBits))
	case c.Index != nil:
		return poly.Lookup(c.Table, rowsOf(c.Index, rowBits))
	case c.Field != nil:
		return poly.Field(c.Field, rowBits)
	}
	return poly.Field(c.Dense(), rowBits)
}

func rowsOf[T any](v []T, rowBits int) func(int) []T {
	return func(t int) []T { return v[t<<rowBits:][:1<<rowBits] }
}

// AddTo adds factor times the cells to q, of length at least Len.
func (c *Column) AddTo(q fr.Vector, factor *fr.Element) {
	rowBits := c.rowBits()
	c.addFunction(q, rowBits, c.Rows(rowBits), factor)
}

// AddTable adds table[v] to q for each cell v of 16 bits. table has 2^16 entries, and table[0]
// is 0; q has length at least Len.
func (c *Column) AddTable(q, table fr.Vector) {
	rowBits, one := c.rowBits(), fr.One()
	c.addFunction(q, rowBits, poly.Lookup(table, rowsOf(c.Bits(), rowBits)), &one)
}

// addFunction adds factor times a function of the column to q. The function must be zero where
// the column is zero.
func (c *Column) addFunction(q fr.Vector, rowBits int, f poly.Column, factor *fr.Element) {
	g := poly.Segment{Rows: c.Len() >> rowBits, Column: f, Live: c.nonzero(rowBits)}
	g.AddTo(q, rowBits, factor)
}

// rowBits returns log2 of the number of cells in a row: MaxRowBits, or less for a smaller
// column.
func (c *Column) rowBits() int { return min(MaxRowBits, bitlen.Ceil(c.Len())) }

// nonzero returns the number of cells to read in each row: none in a row of zeros, such as the
// rows of dead tokens and of padding.
func (c *Column) nonzero(rowBits int) func(t int) int {
	cells := 1 << rowBits
	live := func(zero bool) int {
		if zero {
			return 0
		}
		return cells
	}
	switch {
	case c.Unsigned != nil:
		return func(t int) int { return live(allZero(c.Unsigned[t<<rowBits:][:cells])) }
	case c.Signed != nil:
		return func(t int) int { return live(allZero(c.Signed[t<<rowBits:][:cells])) }
	case c.Ints != nil:
		return func(t int) int { return live(allZero(c.Ints[t<<rowBits:][:cells])) }
	}
	return nil
}

// CommittedCells returns the number of live committed cells of w, without padding, columns of
// zeros and the tables' multiplicities.
func (w *Witness) CommittedCells() (n int) {
	live := func(a Axis) int { return w.Geometry.Live(&w.Program.Extents, a) }
	for i := range w.Program.Tensors {
		t := &w.Program.Tensors[i]
		if t.Oracle != Cells || t.Of != NoTable || w.Columns[i].IsZero() {
			continue
		}
		cells := 1
		for _, a := range t.Space {
			cells *= live(a)
		}
		n += cells
	}
	return n
}

// Sample returns the bit patterns of up to n of the 16-bit cells that
// CommittedCells counts, evenly from all their columns.
func (w *Witness) Sample(n int) (sample []uint16) {
	live := func(a Axis) int { return w.Geometry.Live(&w.Program.Extents, a) }
	total := w.CommittedCells()
	stride := max(1, total/n)
	for i := range w.Program.Tensors {
		t, c := &w.Program.Tensors[i], &w.Columns[i]
		if t.Table == NoTable || c.IsZero() {
			continue
		}
		cells := gather(&w.Program.Extents, t.Space, live, c.Bits())
		for j := 0; j < len(cells) && len(sample) < n; j += stride {
			sample = append(sample, cells[j])
		}
	}
	return sample
}

// ParallelGrain is the number of cells that a worker takes at a time.
const ParallelGrain = 1 << 14

// MaxRowBits is log2 of the cells in a polynomial's row, long enough for vector kernels.
const MaxRowBits = 10
