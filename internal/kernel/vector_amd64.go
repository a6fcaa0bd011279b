package kernel

import (
	"sync"

	"github.com/klauspost/cpuid/v2"
)

//go:generate go run ./asm -out kernels_amd64.s -stubs kernels_amd64.go -pkg kernel

// vectorised enables the AVX-512 kernels. It is a variable because tests run the kernels
// with and without it.
var vectorised = cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512BW, cpuid.AVX512DQ,
	cpuid.AVX512VL, cpuid.AVX512VNNI, cpuid.BMI2)

// planeCols is the number of columns that are expanded to planes at a time, a multiple of
// 160. A plane is a vector of 16-bit integers of magnitude at most 256. A row of weights is
//
//	M = scale[0] plane 0 + scale[1] plane 1.
//
// A 32-bit sum has room for 254 products of a plane entry and a 16-bit integer.
const planeCols = 1440

// planesOf returns the number of planes of a weight format and their scales.
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

// expandRow writes the planes of M[y,k0:k0+n], n > 0, to dst; the second plane starts at
// dst[planeCols]. k0 is a multiple of 160. Up to 159 entries after the last one are
// overwritten.
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

// scratch is a worker's memory for expanded weights and partial sums.
type scratch struct {
	quads  [maxBytes][blockRows / 4][strip][4]uint8
	rows   [maxBytes][rowsAtOnce][strip]uint8
	planes [tilePlanes * planeCols]int16
	tiles  []tileSum
	blocks []columnBlock
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}
