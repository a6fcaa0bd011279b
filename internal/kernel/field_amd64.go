package kernel

import (
	"math/bits"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// The vector kernels for field elements multiply signed digits of a byte with the
// bytes of weights that an offset has made unsigned:
//
//	M + offset = scale (b_0 + 2^8 b_1 + 2^16 b_2).
const (
	byteDigits = 2 * lanes // of a field element
	digitBlock = 64        // elements whose digits lie together
	maxBytes   = 3         // bytes of a weight
	// exactTerms is how many products of bytes, at most 2^15 each, a 32-bit sum
	// holds, in whole blocks and strips.
	exactTerms = (1<<16 - 1) / (blockRows * strip / 64) * (blockRows * strip / 64)
)

// bytesOf returns the number of bytes of a weight of a format and their scale.
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

// offsetOf returns the offset of a format.
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

// packBytes returns the 8-bit digits, balanced in [-2^7, 2^7), of the residues of
// e: digit l of element i of a block of digitBlock is at place(l, i) of the block.
// The last block is filled up with zeros.
func packBytes(e []fr.Element, place func(l, i int) int) []int8 {
	const size = byteDigits * digitBlock
	blocks := (len(e) + digitBlock - 1) / digitBlock
	d := make([]int8, blocks*size)
	For(blocks, 8, func(lo, hi int) {
		for b := lo; b < hi; b++ {
			to := d[b*size:][:size]
			for i := range min(digitBlock, len(e)-b*digitBlock) {
				w := balance(&e[b*digitBlock+i])
				for l := range byteDigits {
					to[place(l, i)] = int8(w[l/8] >> (8 * (l % 8)))
				}
			}
		}
	})
	return d
}

// byDigit is the layout [digit][element], for VecMat.
func byDigit(l, i int) int { return l*digitBlock + i }

// byQuad is the layout [half of the digits][element/4][16 digits][4 elements], for
// MatVec.
func byQuad(l, i int) int {
	return l/lanes*(lanes*digitBlock) + i/4*(4*lanes) + l%lanes*4 + i%4
}

// balance returns the balanced digits as words: adding half a digit at every digit
// sets off the carries, and flipping the highest bit of each digit takes it away
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
