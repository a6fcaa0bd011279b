package step

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/kernel"
)

// Column holds the values of a tensor, padded: index as in the tensor's space.
// Cells of 16 bits stay 16 bits until the first round of a sumcheck.
type Column struct {
	Unsigned []uint16
	Signed   []int16
	Ints     []int64
	Wide     []kernel.Int128
	Field    fr.Vector
}

// Len returns the number of cells, padding included.
func (c *Column) Len() int {
	return max(len(c.Unsigned), len(c.Signed), len(c.Ints), len(c.Wide), len(c.Field))
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
	default:
		e = c.Field[i]
	}
	return e
}

// row returns the row of its table that a cell of 16 bits is.
func (c *Column) row(i int) uint16 {
	if c.Signed != nil {
		return uint16(c.Signed[i])
	}
	return c.Unsigned[i]
}

// wide lifts a 128-bit integer.
func wide(v kernel.Int128) (e fr.Element) {
	var lo fr.Element
	e.SetInt64(v.Hi)
	for range 4 { // times 2^64
		var p fr.Element
		p.SetUint64(1 << 16)
		e.Mul(&e, &p)
	}
	lo.SetUint64(v.Lo)
	return *e.Add(&e, &lo)
}

// scatter copies an array that is dense over the live cells of a space into
// its padded form. live gives the dense size of each axis.
func scatter[T any](e *Extents, s Space, live func(Axis) int, src []T) []T {
	dst := make([]T, 1<<e.Bits(s))
	var walk func(axis, from, to int) int
	walk = func(axis, from, to int) int {
		n := live(s[axis])
		if axis == len(s)-1 {
			copy(dst[to:to+n], src[from:from+n])
			return from + n
		}
		stride := 1 << e.Bits(s[axis+1:])
		for i := range n {
			from = walk(axis+1, from, to+i*stride)
		}
		return from
	}
	walk(0, 0, 0)
	return dst
}
