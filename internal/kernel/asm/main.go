// Command asm generates the AVX-512 kernels of package kernel.
//
// Everything that is multiplied is first brought to planes. Along a row these are
// vectors of 16-bit integers of magnitude at most 256, of which a weight is the
// sum of one or two (see expand.go). A plane times 16-bit numbers is what
// VPDPWSSD computes, 32 products an instruction, and 240 or more of them fit its
// 32-bit sums. For field elements they are the bytes of the weights (see bytes.go
// and tiles.go).
package main

import (
	. "github.com/mmcloughlin/avo/build"
)

// The layout that generator and package share.
const (
	// planeStride is the distance in bytes between the planes of consecutive
	// rows: planeCols of package kernel, 16 bits each.
	planeStride = 2 * 1440
	// strip is the most columns of a byte plane, and quadStride the size in
	// bytes of four rows of them.
	strip      = 960
	quadStride = 4 * strip
	// bytePlane is the size in bytes of a byte plane: blockRows of package
	// kernel, four at a time.
	bytePlane = 256 / 4 * quadStride
	// rowsPlane is the size in bytes of a byte plane of 16 rows along the rows.
	rowsPlane = 16 * strip
)

func main() {
	ConstraintExpr("amd64")
	constants()
	for _, e := range expanders() {
		planes(e)
		quads(e)
		rowBytes(e)
	}
	dot(8, 3)
	dot(8, 1)
	tilesVNNI()
	rowsVNNI()
	tileShapes()
	tilesAMX()
	rowsAMX()
	addLanes()
	dotRows()
	sumRows()
	Generate()
}
