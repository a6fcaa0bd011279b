// Command asm generates the AVX-512 kernels of package kernel.
//
// Everything that is multiplied is first brought to planes: vectors of 16-bit
// integers of magnitude at most 256, of which a weight is the sum of one or two
// (see expand.go). A plane times 16-bit numbers is what VPDPWSSD computes, 32
// products an instruction, and 240 or more of them fit its 32-bit sums.
package main

import (
	. "github.com/mmcloughlin/avo/build"
)

// The layout that generator and package share.
const (
	// planeStride is the distance in bytes between the planes of consecutive
	// rows: planeCols of package kernel, 16 bits each.
	planeStride = 2 * 1440
	// tilePlane is the size in bytes of one plane of a tile: blockRows/2 of
	// package kernel, pairs of 16 columns.
	tilePlane = 64 * 120
)

func main() {
	ConstraintExpr("amd64")
	constants()
	for _, e := range expanders() {
		planes(e)
		pairs(e)
	}
	dot(8, 3)
	dot(8, 1)
	fieldTile("fieldTile", 4, 64)
	fieldTile("fieldTileRows", planeStride, 4)
	dotRows()
	sumRows()
	Generate()
}
