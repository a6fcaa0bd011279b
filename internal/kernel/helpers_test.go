package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// fill selects how the entries of a test matrix or vector are chosen.
type fill int

const (
	random fill = iota
	lowest
	highest
	mixed // extremes of either sign
	fills
)

func pick(r *rand.Rand, f fill, lo, hi int64) int64 {
	switch {
	case f == lowest, f == mixed && r.IntN(2) == 0:
		return lo
	case f == highest, f == mixed:
		return hi
	}
	return lo + r.Int64N(hi-lo+1)
}

var formats = []string{"w16", "w8", "ternary"}

func newMatrix(r *rand.Rand, format string, rows, cols int, f fill) Matrix {
	switch format {
	case "w16":
		m := &W16{Rows: rows, Cols: cols, Data: make([]int16, rows*cols)}
		for i := range m.Data {
			m.Data[i] = int16(pick(r, f, math.MinInt16, math.MaxInt16))
		}
		return m
	case "w8":
		m := &W8{Rows: rows, Cols: cols, Data: make([]int8, rows*cols)}
		for i := range m.Data {
			m.Data[i] = int8(pick(r, f, -127, 127))
		}
		m.Mul = make([]uint16, rows*m.Groups())
		for i := range m.Mul {
			m.Mul[i] = uint16(1023)
			if f == random {
				m.Mul[i] = uint16(1 + r.IntN(1023))
			}
		}
		return m
	}
	m := &Ternary{Rows: rows, Cols: cols, Mul: int32(pick(r, f, 1, 32767))}
	m.Data = make([]byte, rows*m.Stride())
	for i := range m.Data {
		m.Data[i] = ternaryByte(r, f, min(5, cols-5*(i%m.Stride())))
	}
	return m
}

// ternaryByte packs n digits and pads the byte with zeros, encoded as 1.
func ternaryByte(r *rand.Rand, f fill, n int) byte {
	b, place := 0, 1
	for i := range 5 {
		d := 1
		if i < n {
			d = int(pick(r, f, 0, 2))
		}
		b, place = b+d*place, 3*place
	}
	return byte(b)
}

func newInputs(r *rand.Rand, n int, f fill) []int16 {
	x := make([]int16, n)
	for i := range x {
		x[i] = int16(pick(r, f, math.MinInt16, math.MaxInt16))
	}
	return x
}

// newElements returns n elements. For fills other than random, all balanced byte digits of
// the residues except the highest are -2^7 (lowest fill) or 2^7-1.
func newElements(r *rand.Rand, n int, f fill) []fr.Element {
	e := make(fr.Vector, n)
	e.MustSetRandom()
	for i := range e {
		if f == random {
			continue
		}
		const high = 0x7f7f_7f7f_7f7f_7f7f
		low := uint64(pick(r, f, high+1, high))
		e[i] = fr.Element{low, high, high, high & 0x2fff_ffff_ffff_ffff}
	}
	return e
}

// naiveVecMat computes e^T M by its definition, with gnark-crypto's field arithmetic.
func naiveVecMat(e []fr.Element, m Matrix) []fr.Element {
	rows, cols := m.Dims()
	dst := make([]fr.Element, cols)
	for y := range rows {
		for k := range cols {
			var w fr.Element
			w.SetInt64(int64(m.At(y, k)))
			dst[k].Add(&dst[k], w.Mul(&w, &e[y]))
		}
	}
	return dst
}

func naiveMatVec(f []fr.Element, m Matrix) []fr.Element {
	rows, cols := m.Dims()
	dst := make([]fr.Element, rows)
	for y := range rows {
		for k := range cols {
			var w fr.Element
			w.SetInt64(int64(m.At(y, k)))
			dst[y].Add(&dst[y], w.Mul(&w, &f[k]))
		}
	}
	return dst
}

// naiveMul computes M x by its definition, in big integers.
func naiveMul(m Matrix, x []int64, tokens int) []*big.Int {
	rows, cols := m.Dims()
	var dst []*big.Int
	for t := range tokens {
		for y := range rows {
			sum := new(big.Int)
			for k := range cols {
				sum.Add(sum, MulInt64(int64(m.At(y, k)), x[t*cols+k]).Big())
			}
			dst = append(dst, sum)
		}
	}
	return dst
}
