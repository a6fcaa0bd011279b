package kernel

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

// wideRows is the number of products that a wideSum accumulates before it is added to a
// laneSum.
const wideRows = 240

// wideSum holds a sum of products for each of the eight 32-bit digits of a field element,
// balanced in [-2^31, 2^31). The portable kernels add it to the 16-bit lanes after wideRows
// products.
type wideSum [lanes / 2]int64

// vecMatPortable adds e^T M, restricted to n columns from k0 on, to blocks.
func vecMatPortable(blocks []columnBlock, e []fr.Element, m Matrix, k0, n int) {
	sums, lanes := make([]wideSum, n), make([]laneSum, n)
	w := make([]int32, n)
	for y := range e {
		digits := wideDigits(&e[y])
		weightsOf(w, m, y, k0)
		for k := range sums {
			sums[k].addMul(&digits, int64(w[k]))
		}
		if y%wideRows == wideRows-1 || y == len(e)-1 {
			for k := range sums {
				sums[k].clearInto(&lanes[k])
			}
		}
	}
	addColumns(blocks, lanes)
}

// matVecPortable computes MatVec for the rows [lo,hi).
func matVecPortable(dst []fr.Element, digits []wideSum, m Matrix, lo, hi int) {
	w := make([]int32, len(digits))
	for y := lo; y < hi; y++ {
		weightsOf(w, m, y, 0)
		dst[y] = dotDigits(w, digits)
	}
}

// dotDigits returns sum_k w[k] f[k], with f given by its digits.
func dotDigits(w []int32, digits []wideSum) fr.Element {
	var total laneSum
	for k := 0; k < len(w); k += wideRows {
		var sum wideSum
		for i := k; i < min(k+wideRows, len(w)); i++ {
			sum.addMul(&digits[i], int64(w[i]))
		}
		sum.clearInto(&total)
	}
	return total.reduce()
}

// addMul adds w times the digits to the sums.
func (s *wideSum) addMul(digits *wideSum, w int64) {
	s[0] += digits[0] * w
	s[1] += digits[1] * w
	s[2] += digits[2] * w
	s[3] += digits[3] * w
	s[4] += digits[4] * w
	s[5] += digits[5] * w
	s[6] += digits[6] * w
	s[7] += digits[7] * w
}

// clearInto adds the sums to dst, one lane for each 16 bits, and sets the sums to zero. A
// lane grows by less than 2^41.
func (s *wideSum) clearInto(dst *laneSum) {
	for j, v := range s {
		dst[2*j] += int64(uint16(v))
		dst[2*j+1] += v >> 16
	}
	*s = wideSum{}
}

// allWideDigits returns the 32-bit digits of the Montgomery residues of e.
func allWideDigits(e []fr.Element) []wideSum {
	d := make([]wideSum, len(e))
	for k := range e {
		d[k] = wideDigits(&e[k])
	}
	return d
}

// wideDigits returns the 32-bit digits of the Montgomery residue of e.
func wideDigits(e *fr.Element) (d wideSum) {
	var carry int64
	for j := range d {
		carry += int64(uint32(e[j/2] >> (32 * (j % 2))))
		d[j] = int64(int32(carry))
		carry = (carry - d[j]) >> 32
	}
	return
}
