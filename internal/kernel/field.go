package kernel

import (
	"fmt"
	"math/big"
	"math/bits"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// lanes is the number of 16-bit digits of a field element. The kernels work on the
// Montgomery residue, an integer below 2^254. The products are linear in the field
// elements, so residues of the inputs give residues of the results without conversion.
const lanes = 16

const (
	// strip is the largest number of columns in a unit of parallel work.
	strip = 960
	// shareUnit divides the number of columns in every unit of parallel work except the last.
	// It is a multiple of GroupSize, of the five digits in a byte, and of two column blocks;
	// strip is a multiple of shareUnit.
	shareUnit = 160
	// fieldGrain is the number of outputs in a unit of work of MatVec.
	fieldGrain = 32
)

// laneSum holds, for each 16-bit digit, a sum of digit times weight. A row adds at most
// 2^33 in magnitude to a lane, so 64 bits suffice for 2^29 rows.
type laneSum [lanes]int64

// columnBlock holds the lanes of columns 16 i to 16 i + 15: [lane][column].
type columnBlock [lanes][lanes]int64

// column returns the lanes of column k of the block.
func (b *columnBlock) column(k int) (s laneSum) {
	for l := range s {
		s[l] = b[l][k]
	}
	return
}

// addColumns adds the sums of columns 0, 1, ... to consecutive blocks.
func addColumns(blocks []columnBlock, sums []laneSum) {
	for k := range sums {
		b := &blocks[k/lanes]
		for l, v := range sums[k] {
			b[l][k%lanes] += v
		}
	}
}

// reduceColumns writes the first len(dst) columns of the blocks as field elements.
func reduceColumns(dst []fr.Element, blocks []columnBlock) {
	for k := range dst {
		sum := blocks[k/lanes].column(k % lanes)
		dst[k] = sum.reduce()
	}
}

// VecMat computes e^T M over the field, in one parallel pass over the weights:
//
//	dst[k] = sum_y e[y] M[y,k]
//
// It panics unless len(e) is the number of rows and len(dst) the number of columns. Rows
// with e[y] = 0 are not read.
func VecMat(dst, e []fr.Element, m Matrix) {
	VecMats([][]fr.Element{dst}, [][]fr.Element{e}, m)
}

// VecMats computes dst[i] = e[i]^T M for several vectors in one pass over the weights. The
// lengths must be as for VecMat.
func VecMats(dst, e [][]fr.Element, m Matrix) {
	rows, cols := m.Dims()
	for i := range dst {
		if len(dst[i]) != cols || len(e[i]) != rows {
			panic(fmt.Sprintf("kernel: vector %d of %d entries with an output of %d, expected %d and %d",
				i, len(e[i]), len(dst[i]), rows, cols))
		}
	}
	if vectorised {
		vecMatsVector(dst, e, m)
		return
	}
	For(cols, strip, func(lo, hi int) {
		for i := range e {
			blocks := make([]columnBlock, (hi-lo+lanes-1)/lanes)
			vecMatPortable(blocks, e[i], m, lo, hi-lo)
			reduceColumns(dst[i][lo:hi], blocks)
		}
	})
}

// shareOf returns the number of columns in a unit of work: equal shares for all workers,
// each at most a strip.
func shareOf(cols int) int {
	shares := Workers() * ((cols-1)/(Workers()*strip) + 1)
	return ((cols-1)/shares/shareUnit + 1) * shareUnit
}

// raisedBy returns offset times the sum of e: the amount by which adding offset to every
// weight increases each entry of e^T M.
func raisedBy(e fr.Vector, offset int64) fr.Element {
	sum, factor := e.Sum(), fr.NewElement(uint64(offset))
	return *sum.Mul(&sum, &factor)
}

// MatVec computes M f over the field:
//
//	dst[y] = sum_k M[y,k] f[k]
//
// It panics unless len(f) is the number of columns and len(dst) the number of rows.
func MatVec(dst, f []fr.Element, m Matrix) {
	rows, cols := m.Dims()
	if len(f) != cols || len(dst) != rows {
		panic(fmt.Sprintf("kernel: vector of %d entries with an output of %d, expected %d and %d",
			len(f), len(dst), cols, rows))
	}
	if vectorised {
		digits, raised := packBytes(f, byQuad), raisedBy(f, offsetOf(m))
		For(rows, fieldGrain, func(lo, hi int) { matVecVector(dst, digits, m, lo, hi, &raised) })
		dropBytes(digits)
		return
	}
	digits := allWideDigits(f)
	For(rows, fieldGrain, func(lo, hi int) { matVecPortable(dst, digits, m, lo, hi) })
}

// reduce returns the element with Montgomery residue V = sum_l s[l] 2^(16 l) mod r.
//
// |V| < 2^303, so V + K with K = 2^51 r is positive and below 2^306. As in Barrett
// reduction, the quotient by r is estimated from the top 64 bits; the estimate is exact or
// one or two too small.
func (s *laneSum) reduce() fr.Element {
	var v [5]uint64
	var sum int64
	for l, x := range s {
		sum += x
		v[l/4] |= uint64(uint16(sum)) << (16 * (l % 4))
		sum >>= 16
	}
	v[4] = uint64(sum)
	var carry uint64
	for i := range v {
		v[i], carry = bits.Add64(v[i], raiser[i], carry)
	}
	const cut = quotientBits - 64 - 3*64
	quotient, _ := bits.Mul64(v[4]<<(64-cut)|v[3]>>cut, reciprocal)
	low := fr.Element(v[:4])
	subtract(&low, quotient)
	for !below(&low) {
		subtract(&low, 1)
	}
	return low
}

// subtract subtracts n r from v, modulo 2^256.
func subtract(v *fr.Element, n uint64) {
	var high, carry, borrow uint64
	for i := range v {
		hi, lo := bits.Mul64(modulus[i], n)
		lo, carry = bits.Add64(lo, high, 0)
		high = hi + carry
		v[i], borrow = bits.Sub64(v[i], lo, borrow)
	}
}

// below reports whether v is below r.
func below(v *fr.Element) bool {
	var borrow uint64
	for i := range v {
		_, borrow = bits.Sub64(v[i], modulus[i], borrow)
	}
	return borrow == 1
}

// quotientBits is an upper bound on the bit length of V + K.
const quotientBits = 306

// r, K = 2^51 r, and 2^306 / r rounded down.
var (
	modulus    = [4]uint64(wordsOf(fr.Modulus()))
	raiser     = [5]uint64(wordsOf(new(big.Int).Lsh(fr.Modulus(), 51)))
	reciprocal = new(big.Int).Div(new(big.Int).Lsh(big.NewInt(1), quotientBits), fr.Modulus()).Uint64()
)

// wordsOf returns the 64-bit words of x, the lowest first.
func wordsOf(x *big.Int) (words []uint64) {
	for _, w := range x.Bits() {
		words = append(words, uint64(w))
	}
	return
}
