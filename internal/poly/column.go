package poly

import (
	"math/bits"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Column is a function on the cube in the form that a Sum reads: row by row, where the
// cells of a row share the first variables. Cells past the end of a short row are zero.
// Field, FieldRows, Cells, Lookup and Virtual make columns.
type Column interface {
	// width is the number of bits of a cell, sign included, for integers of at most 64 bits,
	// and 0 for field elements.
	width() int
	// ints writes the cells of row t. It is called only if width() > 0.
	ints(dst []int64, t int)
	// load returns the first len(dst) cells of row t, divided by scale(). The result is dst,
	// or a view of the column, which must not be written to.
	load(dst fr.Vector, t int) fr.Vector
	// scale is the factor that load omits.
	scale() fr.Element
}

// Small is the constraint of the integer cell types.
type Small interface {
	int8 | uint8 | int16 | uint16 | int32 | uint32 | int64
}

// montgomery is 2^256. Integers enter vector kernels as raw limbs, which represent the
// integer divided by 2^256 in Montgomery form; sums are multiplied by 2^256 afterwards.
var montgomery = doubled(256)

// highMontgomery is 2^(192+256), for the value of the limbs from 2^192 on.
var highMontgomery = doubled(192 + 256)

// doubled returns 2^n.
func doubled(n int) (z fr.Element) {
	z.SetOne()
	for range n {
		z.Double(&z)
	}
	return
}

// modulus is r, least significant limb first.
var modulus = func() (m [4]uint64) {
	v := fr.Modulus()
	for i := range m {
		m[i] = v.Uint64()
		v.Rsh(v, 64)
	}
	return
}()

// rawInt stores v, or r + v if v is negative, as limbs that are not in Montgomery form.
func rawInt(z *fr.Element, v int64) { rawPair(z, uint64(v), v>>63) }

// rawPair is rawInt for the integer lo + hi 2^64.
func rawPair(z *fr.Element, lo uint64, hi int64) {
	m := uint64(hi >> 63)
	var c uint64
	z[0], c = bits.Add64(lo, modulus[0]&m, 0)
	z[1], c = bits.Add64(uint64(hi), modulus[1]&m, c)
	z[2], c = bits.Add64(m, modulus[2]&m, c)
	z[3], _ = bits.Add64(m, modulus[3]&m, c)
}

// rawNarrow is rawInt for |v| < 2^62. Then r + v does not borrow from the second limb of r.
func rawNarrow(z *fr.Element, v int64) {
	m := uint64(v >> 63)
	z[0], z[1], z[2], z[3] = uint64(v)+modulus[0]&m, modulus[1]&m, modulus[2]&m, modulus[3]&m
}

// Cells returns a column of small integers; rows(t) is its row t.
func Cells[T Small](rows func(t int) []T) Column { return &cells[T]{rows: rows} }

type cells[T Small] struct {
	rows func(t int) []T
}

func (c *cells[T]) width() int {
	var zero T
	switch any(zero).(type) {
	case int8, uint8:
		return 9 // unsigned types need one bit more for the sign
	case int16, uint16:
		return 17
	case int32, uint32:
		return 33
	}
	return 64
}

func (c *cells[T]) ints(dst []int64, t int) {
	row := c.rows(t)
	n := min(len(row), len(dst))
	for i, v := range row[:n] {
		dst[i] = int64(v)
	}
	clear(dst[n:])
}

func (c *cells[T]) load(dst fr.Vector, t int) fr.Vector {
	row := c.rows(t)
	n := min(len(row), len(dst))
	out := dst[:n]
	if c.width() < 64 {
		for i, v := range row[:n] {
			rawNarrow(&out[i], int64(v))
		}
	} else {
		for i, v := range row[:n] {
			rawInt(&out[i], int64(v))
		}
	}
	clear(dst[n:])
	return dst
}

func (c *cells[T]) scale() fr.Element { return montgomery }

// Field returns a column of field elements, v in the index order of the package, with rows
// of 2^rowBits cells. It never writes to v.
func Field(v fr.Vector, rowBits int) Column {
	n := 1 << rowBits
	return FieldRows(func(t int) fr.Vector { return v[t*n : (t+1)*n] })
}

// FieldRows returns a column of field elements; rows(t) is its row t.
func FieldRows(rows func(t int) fr.Vector) Column { return &field{rows: rows} }

type field struct {
	rows func(t int) fr.Vector
}

func (c *field) width() int        { return 0 }
func (c *field) ints([]int64, int) { panic("poly: a column of field elements has no integers") }
func (c *field) scale() fr.Element { return fr.One() }

func (c *field) load(dst fr.Vector, t int) fr.Vector {
	row := c.rows(t)
	if len(row) >= len(dst) {
		return row[:len(dst)]
	}
	clear(dst[copy(dst, row):])
	return dst
}

// Virtual returns a column given by a function that fills dst with the first len(dst) cells
// of row t. It must write zeros to the cells that are not live. It must be safe for
// concurrent use.
func Virtual(fill func(dst fr.Vector, t int)) Column { return &virtual{fill: fill} }

type virtual struct {
	field
	fill func(dst fr.Vector, t int)
}

func (c *virtual) load(dst fr.Vector, t int) fr.Vector {
	c.fill(dst, t)
	return dst
}

// Lookup returns the column table[x] for a function x with 16-bit cells. table holds 65,536
// values; rows(t) is row t of x. Cells past the end of a row are zero, not table[0].
func Lookup(table fr.Vector, rows func(t int) []uint16) Column {
	return &lookup{table: table, rows: rows}
}

type lookup struct {
	table fr.Vector
	rows  func(t int) []uint16
}

func (c *lookup) width() int        { return 0 }
func (c *lookup) ints([]int64, int) { panic("poly: a looked-up column has no integers") }
func (c *lookup) scale() fr.Element { return fr.One() }

func (c *lookup) load(dst fr.Vector, t int) fr.Vector {
	row := c.rows(t)
	n := min(len(row), len(dst))
	table := c.table[:1<<16]
	for i, x := range row[:n] {
		dst[i] = table[x]
	}
	clear(dst[n:])
	return dst
}

// stripe writes the cells of row t from cell at on, and zeros past the end of the row.
func (c *cells[T]) stripe(dst []int32, t, at int) {
	row := c.rows(t)
	row = row[min(at, len(row)):]
	n := min(len(row), len(dst))
	for i, v := range row[:n] {
		dst[i] = int32(v)
	}
	clear(dst[n:])
}

func (c *cells[T]) biased() bool {
	var zero T
	_, unsigned := any(zero).(uint16)
	return unsigned
}

func (c *cells[T]) pattern(dst []int16, t int) {
	row, b := c.rows(t), int32(0)
	if c.biased() {
		b = patternBias
	}
	n := min(len(row), len(dst))
	for i, v := range row[:n] {
		dst[i] = int16(int32(v) - b)
	}
	for i := range dst[n:] {
		dst[n+i] = int16(-b)
	}
}
