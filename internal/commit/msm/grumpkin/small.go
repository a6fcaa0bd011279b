// Code generated from ../small.go by gen.go. DO NOT EDIT.

package grumpkin

import (
	"math/bits"
	"unsafe"

	curve "github.com/consensys/gnark-crypto/ecc/grumpkin"

	"fold/internal/commit/msm/partition"
)

// Integer is a native type of small scalars.
type Integer interface {
	~int8 | ~uint8 | ~int16 | ~uint16 | ~int32 | ~uint32
}

// direct is the number of 16-bit cells from which on one window of 65,536 buckets
// is faster than two of 256.
const direct = 1 << 14

// Small returns Σ_i w_i P_i. It panics if the lengths differ.
func Small[T Integer](pts []curve.G1Affine, w []T) curve.G1Jac {
	if len(pts) != len(w) {
		panic("msm: number of points and scalars differ")
	}
	switch v := any(w).(type) {
	case []uint8:
		return oneWindow(pts, v, (*Sums).weighUnsigned)
	case []int8:
		return oneWindow(pts, unsigned[uint8](v), func(s *Sums) curve.G1Jac { return s.weighSigned(8) })
	case []uint16:
		if len(v) >= direct {
			return oneWindow(pts, v, (*Sums).weighUnsigned)
		}
	case []int16:
		if len(v) >= direct {
			return oneWindow(pts, unsigned[uint16](v), func(s *Sums) curve.G1Jac { return s.weighSigned(16) })
		}
	}
	return small(pts, w)
}

// unsigned views signed cells as their bit patterns.
func unsigned[U, S any](v []S) []U {
	return unsafe.Slice((*U)(unsafe.Pointer(unsafe.SliceData(v))), len(v))
}

// oneWindow adds up the buckets of cells that are digits as they stand.
func oneWindow[D partition.Digit](pts []curve.G1Affine, cells []D, weigh func(*Sums) curve.G1Jac) curve.G1Jac {
	s := workspaces.Get().(*workspace)
	defer workspaces.Put(s)
	partition.Sort(&s.part, int(^D(0))+1, []partition.Run[D]{{Cells: cells}})
	s.sums.Of(pts, &s.part)
	return weigh(&s.sums)
}

// small is Small by windows of signed digits.
func small[T Integer](pts []curve.G1Affine, w []T) curve.G1Jac {
	s := workspaces.Get().(*workspace)
	defer workspaces.Put(s)
	return blocks(len(w), func(lo, hi int) curve.G1Jac { return smallBlock(s, pts[lo:hi], w[lo:hi]) })
}

func smallBlock[T Integer](s *workspace, pts []curve.G1Affine, w []T) curve.G1Jac {
	n := len(w)
	// One bit for the sign and one for the carry into the last window.
	c, windows := widthFor(n, bitsOf(w)+2)
	digits := s.columns(n * windows)
	cutAll(n, func(i int) {
		x := int64(w[i])
		for k := range windows {
			// The low c bits as a signed number, and what is left without them.
			d := x << (64 - c) >> (64 - c)
			digits[k*n+i] = uint16(d) & (1<<c - 1)
			x = (x - d) >> c
		}
	})
	return horner(windows, c, func(k int) curve.G1Jac {
		return s.window(pts, []partition.Run[uint16]{{Cells: digits[k*n : (k+1)*n]}}, c)
	})
}

// bitsOf returns the number of bits of the largest magnitude.
func bitsOf[T Integer](w []T) int {
	var all uint64
	for _, x := range w {
		v := int64(x)
		all |= uint64(v ^ v>>63)
	}
	return bits.Len64(all)
}

// Bits returns the sum of the P_i with bit i of words set, which is bit i mod 64 of
// words[i/64]. It panics if a bit is set that has no point.
func Bits(pts []curve.G1Affine, words []uint64) curve.G1Jac {
	s := workspaces.Get().(*workspace)
	defer workspaces.Put(s)
	s.part.SetBits(words)
	s.sums.Of(pts, &s.part)
	return s.sums.weighUnsigned()
}
