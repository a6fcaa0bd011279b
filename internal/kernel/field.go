package kernel

import (
	"fmt"
	"math/bits"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// lanes is the number of 16-bit digits of a field element. The kernels work on
// the Montgomery residue, an integer below 2^254: what they compute is linear,
// so a residue in gives a residue out, and no conversion is needed.
const lanes = 16

const (
	// strip is the most columns of the unit of parallel work: a multiple of
	// GroupSize, of the five digits of a byte, and of two column blocks.
	strip = 960
	// shareUnit is what a unit of parallel work is a multiple of, likewise.
	shareUnit = 160
	// fieldGrain is the number of outputs a worker of MatVec takes.
	fieldGrain = 32
)

// A lane holds sums of digits times weights, at most 2^33 a row: int64 lanes are
// safe for 2^30 rows.
type laneSum [lanes]int64

// A columnBlock holds the lanes of columns 16 i to 16 i + 15: [lane][column].
type columnBlock [lanes][lanes]int64

// column returns the lanes of column k of the block.
func (b *columnBlock) column(k int) (s laneSum) {
	for l := range s {
		s[l] = b[l][k]
	}
	return
}

// addColumns adds sums for the columns from 0 on to those of consecutive blocks.
func addColumns(blocks []columnBlock, sums []laneSum) {
	for k := range sums {
		b := &blocks[k/lanes]
		for l, v := range sums[k] {
			b[l][k%lanes] += v
		}
	}
}

// VecMatSum accumulates e^T M over row groups of M that arrive one after the
// other, for one or several vectors e at once, without reducing modulo r before
// the end. It is meant for matrices streamed from disk; VecMat is the short way
// for a matrix in memory.
type VecMatSum struct {
	cols   int
	sums   [][]columnBlock // [vector][16 columns], padded to two blocks
	raised []fr.Element    // [vector]: by how much the sums of all columns are too large
}

// NewVecMatSum returns an empty sum for matrices of the given number of columns
// and for vectors many e at once. It holds 128 bytes for each column and vector.
func NewVecMatSum(cols, vectors int) *VecMatSum {
	s := &VecMatSum{cols: cols, sums: make([][]columnBlock, vectors), raised: make([]fr.Element, vectors)}
	for i := range s.sums {
		s.sums[i] = make([]columnBlock, (cols+2*lanes-1)/(2*lanes)*2)
	}
	return s
}

// Add adds e[i]^T M to sum i, for all i. M is a group of consecutive rows, and
// e[i] holds the entries that belong to those rows. It panics if a length does
// not fit.
func (s *VecMatSum) Add(e [][]fr.Element, m Matrix) {
	rows, cols := m.Dims()
	if cols != s.cols || len(e) != len(s.sums) {
		panic(fmt.Sprintf("kernel: sum of %d vectors over %d columns: got %d and %d",
			len(s.sums), s.cols, len(e), cols))
	}
	for i := range e {
		if len(e[i]) != rows {
			panic(fmt.Sprintf("kernel: vector %d has %d entries for %d rows", i, len(e[i]), rows))
		}
	}
	if !vectorised {
		For(cols, strip, func(lo, hi int) {
			for i := range e {
				vecMatPortable(s.sums[i][lo/lanes:], e[i], m, lo, hi-lo)
			}
		})
		return
	}
	digits := make([][]uint32, len(e))
	for i := range e {
		digits[i] = packBytes(e[i], byDigit)
		raised := raisedBy(e[i], offsetOf(m))
		s.raised[i].Add(&s.raised[i], &raised)
	}
	For(cols, shareOf(cols), func(lo, hi int) {
		sums := make([][]columnBlock, len(e))
		for i := range sums {
			sums[i] = s.sums[i][lo/lanes:]
		}
		vecMatVector(sums, digits, m, lo, hi-lo)
	})
}

// raisedBy returns by how much products with e are too large if every weight is
// taken for larger by offset than it is.
func raisedBy(e fr.Vector, offset int64) fr.Element {
	sum, factor := e.Sum(), fr.NewElement(uint64(offset))
	return *sum.Mul(&sum, &factor)
}

// shareOf returns the number of columns a worker takes at a time: equal shares
// of at most a strip.
func shareOf(cols int) int {
	shares := Workers() * ((cols-1)/(Workers()*strip) + 1)
	return ((cols-1)/shares/shareUnit + 1) * shareUnit
}

// Reduce writes sum i as field elements to dst[i], of cols elements each.
func (s *VecMatSum) Reduce(dst [][]fr.Element) {
	for i := range s.sums {
		out, sums, raised := dst[i][:s.cols], s.sums[i], &s.raised[i]
		For(s.cols, 256, func(lo, hi int) {
			for k := lo; k < hi; k++ {
				sum := sums[k/lanes].column(k % lanes)
				out[k] = sum.reduce()
				out[k].Sub(&out[k], raised)
			}
		})
	}
}

// VecMat computes e^T M over the field, in one parallel pass over the weights:
//
//	dst[k] = sum_y e[y] M[y,k]
//
// with len(e) the number of rows and len(dst) the number of columns; it panics
// otherwise.
func VecMat(dst, e []fr.Element, m Matrix) {
	VecMats([][]fr.Element{dst}, [][]fr.Element{e}, m)
}

// VecMats is VecMat for several vectors: dst[i] = e[i]^T M, in one pass.
func VecMats(dst, e [][]fr.Element, m Matrix) {
	_, cols := m.Dims()
	for i := range dst {
		if len(dst[i]) != cols {
			panic(fmt.Sprintf("kernel: output %d has %d entries for %d columns", i, len(dst[i]), cols))
		}
	}
	s := NewVecMatSum(cols, len(dst))
	s.Add(e, m)
	s.Reduce(dst)
}

// MatVec computes M f over the field:
//
//	dst[y] = sum_k M[y,k] f[k]
//
// with len(f) the number of columns and len(dst) the number of rows; it panics
// otherwise.
func MatVec(dst, f []fr.Element, m Matrix) {
	rows, cols := m.Dims()
	if len(f) != cols || len(dst) != rows {
		panic(fmt.Sprintf("kernel: %d by %d matrix: vector of %d, output of %d", rows, cols, len(f), len(dst)))
	}
	if vectorised {
		digits, raised := packBytes(f, byQuad), raisedBy(f, offsetOf(m))
		For(rows, fieldGrain, func(lo, hi int) { matVecVector(dst, digits, m, lo, hi, &raised) })
		return
	}
	digits := allWideDigits(f)
	For(rows, fieldGrain, func(lo, hi int) { matVecPortable(dst, digits, m, lo, hi) })
}

// reduce returns the element whose residue is sum_l s[l] 2^(16 l) modulo r.
func (s *laneSum) reduce() fr.Element {
	var v [4]uint64
	var carry int64
	for l, x := range s {
		carry += x
		v[l/4] |= uint64(uint16(carry)) << (16 * (l % 4))
		carry >>= 16
	}
	reduceWords(&v)
	// 2^256 carry is the residue of the integer carry.
	r := fr.NewElement(uint64(max(carry, -carry)))
	if carry < 0 {
		r.Neg(&r)
	}
	low := fr.Element(v)
	return *r.Add(&r, &low)
}

// reduceWords reduces v modulo r. The quotient is first taken from the highest
// words, which makes it right or too small by little.
func reduceWords(v *[4]uint64) {
	factor := v[3] / (modulus[3] + 1)
	for {
		var t [4]uint64
		var high, borrow, carry uint64
		for i := range t {
			hi, lo := bits.Mul64(modulus[i], factor)
			lo, carry = bits.Add64(lo, high, 0)
			high = hi + carry
			t[i], borrow = bits.Sub64(v[i], lo, borrow)
		}
		if borrow != 0 {
			return
		}
		*v, factor = t, 1
	}
}

var modulus = func() (m [4]uint64) {
	words := fr.Modulus().Bits()
	for i := range m {
		m[i] = uint64(words[i])
	}
	return
}()
