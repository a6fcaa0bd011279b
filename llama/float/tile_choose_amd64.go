package float

import (
	"unsafe"

	"github.com/klauspost/cpuid/v2"
)

// tiles lists the kernels that this machine can run, fastest first.
func tiles() []tileFunc {
	fs := []tileFunc{tileGeneric}
	if cpuid.CPU.Supports(cpuid.AVX2) {
		fs = append([]tileFunc{tileAVX2Pair}, fs...)
	}
	if cpuid.CPU.Supports(cpuid.AVX512F) {
		fs = append([]tileFunc{tileAVX512}, fs...)
	}
	return fs
}

// tileAVX2Pair covers a panel by two tiles of half its width.
func tileAVX2Pair(n int, x *float32, xStride int, w *float32, y *float32, yStride int) {
	const half = 4 * panelRows / 2
	tileAVX2(n, x, xStride, w, y, yStride)
	tileAVX2(n, x, xStride, (*float32)(unsafe.Add(unsafe.Pointer(w), half)),
		(*float32)(unsafe.Add(unsafe.Pointer(y), half)), yStride)
}
