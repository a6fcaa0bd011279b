package kernel

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

// fieldCols is the number of columns after which 32-bit sums are cleared.
const fieldCols = 240

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
			for k := 0; k < n; k += fieldCols {
				pairs := (min(fieldCols, n-k) + 1) / 2
				fieldTile(&sums[0][0], &digits[(k0+k)*lanes], &s.planes[k], pairs, 1)
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
	const half = 0x8000_8000_8000_8000
	d := make([]int16, (len(e)+1)/2*2*lanes)
	For((len(e)+1)/2, 256, func(lo, hi int) {
		for p := lo; p < hi; p++ {
			a := balance(&e[2*p], half)
			var b [4]uint64
			if 2*p+1 < len(e) {
				b = balance(&e[2*p+1], half)
			}
			for l := range lanes {
				d[2*(p*lanes+l)] = int16(a[l/4] >> (16 * (l % 4)))
				d[2*(p*lanes+l)+1] = int16(b[l/4] >> (16 * (l % 4)))
			}
		}
	})
	return d
}
