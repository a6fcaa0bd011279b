package msm

import (
	"math"
	"math/big"
	"math/bits"
	"slices"

	curve "github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit/msm/partition"
	"fold.example/fold/internal/kernel"
)

// halfModulus is (r-1)/2 in limbs.
var halfModulus = func() (h [4]uint64) {
	m := fr.Modulus()
	m.Rsh(m, 1)
	var mask big.Int
	mask.SetUint64(^uint64(0))
	for i := range h {
		h[i] = new(big.Int).And(m, &mask).Uint64()
		m.Rsh(m, 64)
	}
	return
}()

// modulus is r in limbs.
var modulus = func() (q [4]uint64) {
	m := new(big.Int).Sub(fr.Modulus(), big.NewInt(1))
	var e fr.Element
	e.SetBigInt(m)
	q = e.Bits()
	q[0]++ // r is odd
	return
}()

// Full returns Σ_i w_i P_i. It panics if the lengths differ.
func Full(pts []curve.G1Affine, w []fr.Element) curve.G1Jac {
	if len(pts) != len(w) {
		panic("msm: number of points and scalars differ")
	}
	s := workspaces.Get().(*workspace)
	defer workspaces.Put(s)
	var sum curve.G1Jac
	for lo := 0; lo < len(w); lo += blockSize {
		hi := min(lo+blockSize, len(w))
		part := s.mixed(pts[lo:hi], w[lo:hi])
		sum.AddAssign(&part)
	}
	return sum
}

// mixed sums scalars of mixed sizes. Short scalars are summed as 16-bit integers. Long
// scalars are summed separately, so their number alone determines the windows.
func (s *workspace) mixed(pts []curve.G1Affine, w []fr.Element) curve.G1Jac {
	s.classify(w)
	sum := s.long(pts, w, s.longIDs)
	if len(s.shorts) > 0 {
		part := Small(pts, partition.Run[int16]{Cells: s.shorts, IDs: s.shortIDs})
		sum.AddAssign(&part)
	}
	return sum
}

const (
	zero   = 0
	isLong = math.MinInt16 // no short scalar has this value
)

// classify lists the nonzero scalars below 2^15 in magnitude, and separately all longer
// scalars.
func (s *workspace) classify(w []fr.Element) {
	s.values = slices.Grow(s.values[:0], len(w))[:len(w)]
	values := s.values
	kernel.For(len(w), cutGrain, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			values[i] = short(&w[i])
		}
	})
	s.shorts, s.shortIDs, s.longIDs = s.shorts[:0], s.shortIDs[:0], s.longIDs[:0]
	for i, v := range values {
		switch v {
		case zero:
		case isLong:
			s.longIDs = append(s.longIDs, int32(i))
		default:
			s.shorts, s.shortIDs = append(s.shorts, v), append(s.shortIDs, int32(i))
		}
	}
}

// short returns the value of a short scalar, and isLong for a long one.
func short(x *fr.Element) int16 {
	limbs, negative := magnitude(x)
	if limbs[1]|limbs[2]|limbs[3] != 0 || limbs[0] > math.MaxInt16 {
		return isLong
	}
	if negative {
		return -int16(limbs[0])
	}
	return int16(limbs[0])
}

// long returns the sum for the scalars with the given indices.
func (s *workspace) long(pts []curve.G1Affine, w []fr.Element, ids []int32) curve.G1Jac {
	n := len(ids)
	if n == 0 {
		return curve.G1Jac{}
	}
	// A magnitude has one bit less than r. One bit is for the sign and one for the last carry.
	c, windows := widthFor(n, fr.Bits+1)
	digits := s.columns(n * windows)
	kernel.For(n, cutGrain, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			limbs, negative := magnitude(&w[ids[i]])
			cut(digits[i:], n, windows, c, limbs, negative)
		}
	})
	return horner(windows, c, func(k int) curve.G1Jac {
		return s.window(pts, []partition.Run[uint16]{{Cells: digits[k*n : (k+1)*n], IDs: ids}}, c)
	})
}

// magnitude returns |x| and the sign of x, for the representative of x in (-r/2, r/2).
func magnitude(x *fr.Element) (limbs [4]uint64, negative bool) {
	limbs = x.Bits()
	var b uint64
	for i := range limbs {
		_, b = bits.Sub64(halfModulus[i], limbs[i], b)
	}
	if b == 0 {
		return limbs, false
	}
	b = 0
	for i := range limbs {
		limbs[i], b = bits.Sub64(modulus[i], limbs[i], b)
	}
	return limbs, true
}

// cut writes the signed digits of a number below 2^253 to out[0], out[n], ...
func cut(out []uint16, n, windows, c int, x [4]uint64, negative bool) {
	half, mask := uint32(1)<<(c-1), uint32(1)<<c-1
	var flip, carry uint32
	if negative {
		flip = 1
	}
	for k := range windows {
		d := uint32(x[0])&mask + carry
		// A digit d > half becomes d - 2^c, and the next window receives a carry. So does d =
		// half, unless the number is negative: -half is a digit, but its negation is not.
		carry = (d + half - flip) >> c
		out[k*n] = uint16((d^-flip)+flip) & uint16(mask)
		x[0] = x[0]>>c | x[1]<<(64-c)
		x[1] = x[1]>>c | x[2]<<(64-c)
		x[2] = x[2]>>c | x[3]<<(64-c)
		x[3] >>= c
	}
}
