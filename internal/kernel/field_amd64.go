package kernel

import (
	"math/bits"
	"sync"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// The vector kernels for field elements multiply signed 8-bit digits by the bytes of M +
// offset, which is non-negative:
//
//	M + offset = scale (b_0 + 2^8 b_1 + 2^16 b_2).
const (
	byteDigits = 2 * lanes // digits of a field element
	digitBlock = 64        // elements in a block of digits
	maxBytes   = 3         // bytes of a weight
	// exactTerms is the number of byte products, each at most 2^15, that fit in a 32-bit sum,
	// rounded down to whole blocks of rows and strips.
	exactTerms = (1<<16 - 1) / (blockRows * strip / 64) * (blockRows * strip / 64)
)

// bytesOf returns the number of bytes per weight of a format and the scale.
func bytesOf(m Matrix) (n, scale int) {
	switch m := m.(type) {
	case *W16:
		return 2, 1
	case *W8:
		return 3, 1
	case *Ternary:
		return 1, int(m.Mul)
	}
	panic("kernel: unknown matrix format")
}

// offsetOf returns the offset that makes every weight of a format non-negative.
func offsetOf(m Matrix) int64 {
	switch m := m.(type) {
	case *W16:
		return 1 << 15
	case *W8:
		return 1 << 17
	case *Ternary:
		return int64(m.Mul)
	}
	panic("kernel: unknown matrix format")
}

// blockWords is the number of words in a block of digits. A word holds one digit of four
// elements.
const blockWords = byteDigits * digitBlock / 4

// digitLayout is the order of the words in a block. The first half of the block holds the
// lower 16 digits, the second half the upper 16. In each half, the word with digit l of
// elements 4q to 4q+3 has index l*digit + q*quad; element 4q is in its lowest byte.
type digitLayout struct{ digit, quad int }

var (
	byDigit = digitLayout{digit: digitBlock / 4, quad: 1} // for VecMat
	byQuad  = digitLayout{digit: 1, quad: lanes}          // for MatVec
)

// packBytes returns the 8-bit digits of the Montgomery residues of e, balanced in [-2^7,
// 2^7), in blocks of digitBlock elements. The last block is padded with zeros. The caller
// returns the slice to the pool with dropBytes.
func packBytes(e []fr.Element, layout digitLayout) []uint32 {
	blocks := (len(e) + digitBlock - 1) / digitBlock
	d := *spareDigits.Get().(*[]uint32)
	d = resized(d, blocks*blockWords)
	clear(d[max(0, blocks-1)*blockWords:])
	For(blocks, 8, func(lo, hi int) {
		for b := lo; b < hi; b++ {
			from := e[b*digitBlock : min((b+1)*digitBlock, len(e))]
			for q := range (len(from) + 3) / 4 {
				var four [4][4]uint64
				for i := range min(4, len(from)-4*q) {
					four[i] = balance(&from[4*q+i])
				}
				layout.put(d[b*blockWords:][:blockWords], q, &four)
			}
		}
	})
	return d
}

// spareDigits is the pool of slices for packBytes.
var spareDigits = sync.Pool{New: func() any { return new([]uint32) }}

// dropBytes returns a result of packBytes to the pool.
func dropBytes(d []uint32) { spareDigits.Put(&d) }

// put writes the digits of elements 4q to 4q+3.
func (p digitLayout) put(to []uint32, q int, four *[4][4]uint64) {
	for j := range 4 {
		w, x, y, z := four[0][j], four[1][j], four[2][j], four[3][j]
		at := j/2*(blockWords/2) + j%2*8*p.digit + q*p.quad
		for range 8 {
			to[at] = uint32(uint8(w)) | uint32(uint8(x))<<8 | uint32(uint8(y))<<16 | uint32(uint8(z))<<24
			w, x, y, z = w>>8, x>>8, y>>8, z>>8
			at += p.digit
		}
	}
}

// balance returns the balanced 8-bit digits of e's Montgomery residue as words. Adding 2^7
// at every digit propagates the carries; flipping the top bit of each digit subtracts 2^7
// again.
func balance(e *fr.Element) (w [4]uint64) {
	const half = 0x8080_8080_8080_8080
	var carry uint64
	for i := range w {
		w[i], carry = bits.Add64(e[i], half, carry)
		w[i] ^= half
	}
	return
}
