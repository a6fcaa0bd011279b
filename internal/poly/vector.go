package poly

import (
	"math/bits"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// line computes x + r (y - x) for one r and many x and y.
type line struct {
	r       fr.Element
	factors *[5][5][8]uint64 // for the kernel; nil on machines without it
}

// portable implements lerp with gnark-crypto's vector operations. y may alias tmp.
func (l *line) portable(dst, x, y, tmp fr.Vector) {
	tmp.Sub(y, x)
	tmp.ScalarMul(tmp, &l.r)
	dst.Add(x, tmp)
}

// lineFactors returns, for each i, the 52-bit limbs of r 2^(52 i - 152) in Montgomery form,
// each limb eight times.
func lineFactors(r *fr.Element) *[5][5][8]uint64 {
	const mask = 1<<52 - 1
	f := new([5][5][8]uint64)
	var x, step fr.Element
	down := Halves(152)
	x.Mul(r, &down)
	step.SetUint64(1 << 52)
	for i := range f {
		for j, limb := range [5]uint64{
			x[0] & mask, (x[0]>>52 | x[1]<<12) & mask, (x[1]>>40 | x[2]<<24) & mask,
			(x[2]>>28 | x[3]<<36) & mask, x[3] >> 16,
		} {
			for lane := range f[i][j] {
				f[i][j][lane] = limb
			}
		}
		x.Mul(&x, &step)
	}
	return f
}

// unscale is 2^-512. The columns are products of raw limbs; a raw value is the element
// times 2^256, read as an integer.
var unscale = Halves(512)

// fromColumns adds up the lanes of each column and returns sum_i c_i 2^(52 i) times 2^-512.
func fromColumns(columns *[10][8]uint64) (z fr.Element) {
	var w [10]uint64 // sum_i c_i 2^(52 i)
	for i := range columns {
		var lo, hi, carry uint64
		for _, v := range columns[i] {
			lo, carry = bits.Add64(lo, v, 0)
			hi += carry
		}
		at, shift := 52*i/64, uint(52*i%64)
		var three [3]uint64
		three[0] = lo << shift
		three[1] = lo>>(64-shift) | hi<<shift
		three[2] = hi >> (64 - shift)
		carry = 0
		for j := at; j < len(w); j++ {
			var add uint64
			if j-at < 3 {
				add = three[j-at]
			}
			w[j], carry = bits.Add64(w[j], add, carry)
		}
	}
	high := fromLimbs([4]uint64(w[4:8]), int64(w[8]))
	z.Mul(&high, &montgomery)
	low := fromLimbs([4]uint64(w[:4]), 0)
	z.Add(&z, &low)
	z.Mul(&z, &unscale)
	return
}
