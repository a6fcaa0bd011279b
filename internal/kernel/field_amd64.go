package kernel

import (
	"math/bits"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// vecMatVector is vecMatPortable with the vector kernels. digits comes from
// packDigits, one for each vector; dst[i] are the sums of vector i from column
// k0 on, of which n are wanted and whole tiles are there.
//
// The weights are expanded in blocks of blockRows rows by strip columns, all
// blocks of the same rows before the next rows, so that few pages are in use.
func vecMatVector(dst [][]laneSum, digits [][]int16, m Matrix, k0, n int) {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	rows, _ := m.Dims()
	for y := 0; y < rows; y += blockRows {
		pairs := (min(blockRows, rows-y) + 1) / 2
		for k := 0; k < n; k += strip {
			width := min(strip, n-k)
			for p := range pairs {
				expandPair(s.tiles[:], m, y+2*p, k0+k, width, p)
			}
			for i, d := range digits {
				addBlock(dst[i][k:], d[y*lanes:], m, s, width, pairs)
			}
		}
	}
}

// addBlock adds the expanded block of m times the digits of its rows to dst.
func addBlock(dst []laneSum, digits []int16, m Matrix, s *scratch, width, pairs int) {
	planes, scale := planesOf(m)
	for c := 0; c < width; c += lanes {
		for p := range planes {
			tile := s.tiles[(c/lanes*planes+p)*tilePlane:]
			fieldTile(&dst[c][0], &digits[0], &tile[0], pairs, scale[p])
		}
	}
}

// matVecVector computes the outputs [lo,hi) of MatVec from the packed digits of
// the vector.
func matVecVector(dst []fr.Element, digits []int16, m Matrix, lo, hi int) {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	planes, scale := planesOf(m)
	_, cols := m.Dims()
	for y := lo; y < hi; y += lanes / planes {
		rows := min(lanes/planes, hi-y)
		var sums [lanes]laneSum
		for k0 := 0; k0 < cols; k0 += planeCols {
			n := min(planeCols, cols-k0)
			for i := range rows {
				expandRow(s.planes[i*planes*planeCols:], m, y+i, k0, n)
			}
			for k := 0; k < n; k += blockRows {
				pairs := (min(blockRows, n-k) + 1) / 2
				fieldTileRows(&sums[0][0], &digits[(k0+k)*lanes], &s.planes[k], pairs, 1)
			}
		}
		for i := range rows {
			var total laneSum
			for p := range planes {
				for l, v := range sums[i*planes+p] {
					total[l] += v * int64(scale[p])
				}
			}
			dst[y+i] = total.reduce()
		}
	}
}

// packDigits returns the 16-bit digits, balanced in [-2^15, 2^15), of the
// residues of e, two elements interleaved: [pair][digit][2].
func packDigits(e []fr.Element) []int16 {
	d := make([]int16, (len(e)+1)/2*2*lanes)
	For((len(e)+1)/2, 256, func(lo, hi int) {
		for p := lo; p < hi; p++ {
			a := balance(&e[2*p])
			var b [4]uint64
			if 2*p+1 < len(e) {
				b = balance(&e[2*p+1])
			}
			for l := range lanes {
				d[2*(p*lanes+l)] = int16(a[l/4] >> (16 * (l % 4)))
				d[2*(p*lanes+l)+1] = int16(b[l/4] >> (16 * (l % 4)))
			}
		}
	})
	return d
}

// balance returns the balanced digits as words: adding 2^15 at every digit sets
// off the carries, and flipping the highest bit takes it away again.
func balance(e *fr.Element) (w [4]uint64) {
	const half = 0x8000_8000_8000_8000
	var carry uint64
	for i := range w {
		w[i], carry = bits.Add64(e[i], half, carry)
		w[i] ^= half
	}
	return
}
