package kernel

import (
	"sync"

	"github.com/klauspost/cpuid/v2"
)

//go:generate go run ./asm -out kernels_amd64.s -stubs kernels_amd64.go -pkg kernel

// vectorised selects the AVX-512 kernels. It is a variable for the tests, which
// run both ways.
var vectorised = cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512BW, cpuid.AVX512DQ,
	cpuid.AVX512VL, cpuid.AVX512VNNI, cpuid.BMI2)

// The vector kernels do not multiply weights but planes: vectors of 16-bit
// integers of magnitude at most 256, such that
//
//	M = low scale lo + high scale hi.
//
// A 32-bit sum holds 254 products of a plane with any 16-bit integers.
const (
	planeCols = 1440         // columns expanded at a time, a multiple of strip
	tilePlane = 120 * 2 * 16 // entries of a plane of a tile: pairs of rows by 16 columns
)

// planesOf returns the number of planes of a format and their scales.
func planesOf(m Matrix) (n int, scale [2]int) {
	switch m := m.(type) {
	case *W16:
		return 2, [2]int{1, 1 << 8}
	case *W8:
		return 2, [2]int{1, 1 << 9}
	case *Ternary:
		return 1, [2]int{int(m.Mul)}
	}
	panic("kernel: unknown matrix format")
}

// expandRow writes the planes of M[y,k0:k0+n], n > 0, at dst and planeCols
// further. k0 is a multiple of 160; up to 159 entries after the last are spoilt.
func expandRow(dst []int16, m Matrix, y, k0, n int) {
	switch m := m.(type) {
	case *W16:
		planesW16(&dst[0], &m.Data[y*m.Cols+k0], n)
	case *W8:
		planesW8(&dst[0], &m.Data[y*m.Cols+k0], &m.Mul[y*m.Groups()+k0/GroupSize], n)
	case *Ternary:
		planesTernary(&dst[0], &m.Data[y*m.Stride()+k0/5], (n+4)/5)
	}
}

// expandPair writes the planes of rows y and y+1, columns k0 to k0+n, to pair p
// of the tiles at dst. Past the last row it takes row y twice.
func expandPair(dst []int16, m Matrix, y, k0, n, p int) {
	d := &dst[2*16*p]
	step := 1
	if rows, _ := m.Dims(); y+1 == rows {
		step = 0
	}
	switch m := m.(type) {
	case *W16:
		pairsW16(d, &m.Data[y*m.Cols+k0], n, 2*m.Cols*step)
	case *W8:
		pairsW8(d, &m.Data[y*m.Cols+k0], &m.Mul[y*m.Groups()+k0/GroupSize], n, m.Cols*step, 2*m.Groups()*step)
	case *Ternary:
		pairsTernary(d, &m.Data[y*m.Stride()+k0/5], (n+4)/5, m.Stride()*step)
	}
}

// scratch is what a worker expands weights into.
type scratch struct {
	planes [16 * planeCols]int16
	tiles  [2 * strip / 16 * tilePlane]int16
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}
