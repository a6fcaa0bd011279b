// Code generated from ../window.go by gen.go. DO NOT EDIT.

package grumpkin

import (
	"sync"

	curve "github.com/consensys/gnark-crypto/ecc/grumpkin"

	"fold.example/fold/internal/commit/msm/partition"
)

// maxWidth is the width of the widest window: its digits are stored in 16 bits.
const maxWidth = 16

// widthFor returns the width of the windows, and their number, that add up n scalars
// of the given bits, sign included, in the fewest additions.
func widthFor(n, bits int) (width, windows int) {
	best := 0
	for c := 2; c <= maxWidth; c++ {
		w := (bits + c - 1) / c
		cost := w * (n + tail(c))
		if best == 0 || cost < best {
			best, width, windows = cost, c, w
		}
	}
	return
}

// jacobian is the price of an addition in Jacobian coordinates in batched ones.
const jacobian = 6

// tail estimates the additions that follow a window's bucket sums: one to join
// opposite buckets, and one for each of the two digits of what remains.
func tail(c int) int {
	half := 1 << (c - 1)
	if half > runningMax {
		return 3*half + 4*jacobian*128
	}
	return 2 * jacobian * half
}

// workspace is the memory of one sum.
type workspace struct {
	part   partition.Partition
	sums   Sums
	digits []uint16

	// A block of scalars by size.
	values, shorts    []int16
	shortIDs, longIDs []int32
}

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

// columns returns memory for so many digits.
func (w *workspace) columns(n int) []uint16 {
	if cap(w.digits) < n {
		w.digits = make([]uint16, n)
	}
	w.digits = w.digits[:n]
	return w.digits
}

// window returns Σ d_i P_i for a window of digits, two's complement of c bits.
func (w *workspace) window(pts []curve.G1Affine, runs []partition.Run[uint16], c int) curve.G1Jac {
	partition.Sort(&w.part, 1<<c, runs)
	w.sums.Of(pts, &w.part)
	return w.sums.weighSigned(c)
}

// horner returns Σ_k 2^(ck) window(k).
func horner(windows, c int, window func(k int) curve.G1Jac) (sum curve.G1Jac) {
	for k := windows - 1; k >= 0; k-- {
		for range c {
			sum.DoubleAssign()
		}
		part := window(k)
		sum.AddAssign(&part)
	}
	return
}

// blockSize is the number of cells whose digits are kept at a time.
const blockSize = 1 << 20

// cutGrain is the number of scalars that a worker cuts into digits at a time.
const cutGrain = 1 << 13
