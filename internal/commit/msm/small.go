package msm

import (
	"math/bits"
	"unsafe"

	curve "github.com/consensys/gnark-crypto/ecc/bn254"

	"fold.example/fold/internal/commit/msm/partition"
	"fold.example/fold/internal/kernel"
)

// Integer is the constraint of the native integer types of small scalars.
type Integer interface {
	~int8 | ~uint8 | ~int16 | ~uint16 | ~int32 | ~uint32
}

// direct is the number of 16-bit cells from which one window of 65,536 buckets is faster
// than two windows of 256.
const direct = 1 << 14

// Small returns Σ w P over the cells w of the runs and their points P. It panics if a
// cell's point index is outside pts.
func Small[T Integer](pts []curve.G1Affine, runs ...partition.Run[T]) curve.G1Jac {
	n := partition.Total(runs)
	switch r := any(runs).(type) {
	case []partition.Run[uint8]:
		return oneWindow(pts, r, (*Sums).weighUnsigned)
	case []partition.Run[int8]:
		return oneWindow(pts, unsigned[uint8](r), func(s *Sums) curve.G1Jac { return s.weighSigned(8) })
	case []partition.Run[uint16]:
		if n >= direct {
			return oneWindow(pts, r, (*Sums).weighUnsigned)
		}
	case []partition.Run[int16]:
		if n >= direct {
			return oneWindow(pts, unsigned[uint16](r), func(s *Sums) curve.G1Jac { return s.weighSigned(16) })
		}
	}
	return small(pts, runs)
}

// unsigned reinterprets signed cells as their bit patterns.
func unsigned[U, S any](runs []partition.Run[S]) []partition.Run[U] {
	out := make([]partition.Run[U], len(runs))
	for i, r := range runs {
		cells := unsafe.Slice((*U)(unsafe.Pointer(unsafe.SliceData(r.Cells))), len(r.Cells))
		out[i] = partition.Run[U]{Cells: cells, Base: r.Base, IDs: r.IDs}
	}
	return out
}

// oneWindow sums cells that are themselves digits of one window.
func oneWindow[D partition.Digit](
	pts []curve.G1Affine, runs []partition.Run[D], weigh func(*Sums) curve.G1Jac,
) curve.G1Jac {
	s := workspaces.Get().(*workspace)
	defer workspaces.Put(s)
	partition.Sort(&s.part, int(^D(0))+1, runs)
	s.sums.Of(pts, &s.part)
	return weigh(&s.sums)
}

// small computes Small with windows of signed digits, block by block.
func small[T Integer](pts []curve.G1Affine, runs []partition.Run[T]) (sum curve.G1Jac) {
	s := workspaces.Get().(*workspace)
	defer workspaces.Put(s)
	for _, block := range partition.Split(runs, 1+partition.Total(runs)/blockSize) {
		part := smallBlock(s, pts, block)
		sum.AddAssign(&part)
	}
	return
}

func smallBlock[T Integer](s *workspace, pts []curve.G1Affine, runs []partition.Run[T]) curve.G1Jac {
	n, b := partition.Total(runs), 0
	for _, r := range runs {
		b = max(b, bitsOf(r.Cells))
	}
	// One bit for the sign and one for the carry into the last window.
	c, windows := widthFor(n, b+2)
	digits := s.columns(n * windows)
	first := 0 // the run's first digit
	for _, r := range runs {
		out := digits[first:]
		kernel.For(len(r.Cells), cutGrain, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				cutSmall(out[i:], n, windows, c, int64(r.Cells[i]))
			}
		})
		first += len(r.Cells)
	}
	return horner(windows, c, func(k int) curve.G1Jac {
		return s.window(pts, digitRuns(runs, digits[k*n:]), c)
	})
}

// cutSmall writes the signed digits of x to out[0], out[n], ...
func cutSmall(out []uint16, n, windows, c int, x int64) {
	for k := range windows {
		// d is the low c bits as a signed number; the rest follows without them.
		d := x << (64 - c) >> (64 - c)
		out[k*n] = uint16(d) & (1<<c - 1)
		x = (x - d) >> c
	}
}

// digitRuns returns runs of digits for the cells that the digits were split from.
func digitRuns[T any](runs []partition.Run[T], digits []uint16) []partition.Run[uint16] {
	out := make([]partition.Run[uint16], len(runs))
	for i, r := range runs {
		out[i] = partition.Run[uint16]{Cells: digits[:len(r.Cells)], Base: r.Base, IDs: r.IDs}
		digits = digits[len(r.Cells):]
	}
	return out
}

// bitsOf returns the bit length of the largest magnitude.
func bitsOf[T Integer](w []T) int {
	var all uint64
	for _, x := range w {
		v := int64(x)
		all |= uint64(v ^ v>>63)
	}
	return bits.Len64(all)
}

// Bits returns the sum of the points P_i for which bit i of words is set; bit i is bit i
// mod 64 of words[i/64]. It panics if a bit without a point is set.
func Bits(pts []curve.G1Affine, words []uint64) curve.G1Jac {
	s := workspaces.Get().(*workspace)
	defer workspaces.Put(s)
	s.part.SetBits(words)
	s.sums.Of(pts, &s.part)
	return s.sums.weighUnsigned()
}
