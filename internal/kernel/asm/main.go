// Command asm generates the AVX-512 kernels of package kernel.
//
// Weights are first expanded to planes. For integer inputs, a plane of a row is a vector of
// 16-bit integers of magnitude at most 256, and a weight is a scaled sum of one or two
// planes (see expand.go). VPDPWSSD multiplies a plane by 16-bit integers, 32 products per
// instruction; its 32-bit sums have room for more than 240 products. For field elements,
// the planes are the bytes of the weights (see bytes.go and tiles.go).
package main

import (
	. "github.com/mmcloughlin/avo/build"
)

// Memory layouts of package kernel.
const (
	// planeStride is the distance in bytes between the planes of consecutive rows: planeCols
	// of package kernel, 16 bits each.
	planeStride = 2 * 1440
	// strip is the maximum number of columns of a byte plane. quadStride is the size in bytes
	// of four rows of a byte plane.
	strip      = 960
	quadStride = 4 * strip
	// bytePlane is the size in bytes of a byte plane of 256 rows, blockRows of package kernel,
	// stored four rows at a time.
	bytePlane = 256 / 4 * quadStride
	// rowsPlane is the size in bytes of a byte plane of 16 rows, stored row by row.
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
