// Code generated from ../window.go by gen.go. DO NOT EDIT.

package grumpkin

import (
	"sync"

	curve "github.com/consensys/gnark-crypto/ecc/grumpkin"

	"fold.example/fold/internal/commit/msm/partition"
)

// maxWidth is the maximum window width. Digits are stored in 16 bits.
const maxWidth = 16

// widthFor returns the window width and the number of windows that minimise the additions
// for n scalars of the given bit length, sign included.
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

// jacobian is the cost of an addition in Jacobian coordinates, in units of a batched affine
// addition.
const jacobian = 6

// tail estimates the additions after a window's bucket sums: one for combining opposite
// buckets, and one for each of the two digits of the remaining weights.
func tail(c int) int {
	half := 1 << (c - 1)
	if half > runningMax {
		return 3*half + 4*jacobian*128
	}
	return 2 * jacobian * half
}

// workspace is the memory of one multi-scalar multiplication.
type workspace struct {
	part   partition.Partition
	sums   Sums
	digits []uint16

	// Scalars of a block, by size.
	values, shorts    []int16
	shortIDs, longIDs []int32
}

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

// columns returns memory for n digits.
func (w *workspace) columns(n int) []uint16 {
	if cap(w.digits) < n {
		w.digits = make([]uint16, n)
	}
	w.digits = w.digits[:n]
	return w.digits
}

// window returns Σ d_i P_i for the digits of one window, in two's complement of c bits.
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

// blockSize is the number of cells whose digits are in memory at a time.
const blockSize = 1 << 20

// cutGrain is the number of scalars that a worker splits into digits at a time.
const cutGrain = 1 << 13
