package kernel

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

// rowsAtOnce is the number of rows per kernel call.
const rowsAtOnce = 16

// rowSum holds sums of byte-digit products: [half of the digits][row][digit].
type rowSum [2][rowsAtOnce][lanes]int32

// matVecVector computes (M + offset) f - raised for the rows [lo,hi). digits is the result
// of packBytes for f, in layout byQuad.
func matVecVector(dst []fr.Element, digits []uint32, m Matrix, lo, hi int, raised *fr.Element) {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	_, cols := m.Dims()
	planes, scale := bytesOf(m)
	for y := lo; y < hi; y += rowsAtOnce {
		there := min(rowsAtOnce, hi-y)
		var total [rowsAtOnce]laneSum
		for first := 0; first < cols; first += exactTerms {
			var sums [maxBytes]rowSum
			for k := first; k < min(first+exactTerms, cols); k += strip {
				n := min(strip, cols-k)
				s.expandBytes(m, y, there, k, n)
				for p := range planes {
					addRows(&sums[p][0][0][0], &s.rows[p][0][0], &digits[k*byteDigits/4], (n+digitBlock-1)/digitBlock)
				}
			}
			for i := range there {
				addRowSums(&total[i], sums[:planes], i, int64(scale))
			}
		}
		for i := range there {
			dst[y+i] = total[i].reduce()
			dst[y+i].Sub(&dst[y+i], raised)
		}
	}
}

// addRows calls the fastest kernel of the machine.
func addRows(sums *int32, plane *uint8, digits *uint32, blocks int) {
	if tiled {
		rowsAMX(sums, plane, digits, blocks)
	} else {
		rowsVNNI(sums, plane, digits, blocks)
	}
}

// addRowSums adds scale times the sums of row y, over all planes, to the lanes.
func addRowSums(dst *laneSum, sums []rowSum, y int, scale int64) {
	for l := range dst {
		var v int64
		for p := len(sums) - 1; p >= 0; p-- {
			digits := &sums[p][l/(lanes/2)][y]
			d := 2 * l % lanes
			v = v<<8 + int64(digits[d]) + int64(digits[d+1])<<8
		}
		dst[l] += v * scale
	}
}

// expandBytes writes the byte planes of rows y to y+there-1 and n columns from k on. Other
// rows of the scratch planes keep arbitrary bytes; their sums are not used.
func (s *scratch) expandBytes(m Matrix, y, there, k, n int) {
	for i := range there {
		dst := &s.rows[0][i][0]
		switch m := m.(type) {
		case *W16:
			bytesW16(dst, &m.Data[(y+i)*m.Cols+k], n)
		case *W8:
			bytesW8(dst, &m.Data[(y+i)*m.Cols+k], &m.Mul[(y+i)*m.Groups()+k/GroupSize], n)
		case *Ternary:
			bytesTernary(dst, &m.Data[(y+i)*m.Stride()+k/5], (n+4)/5)
		}
	}
}
