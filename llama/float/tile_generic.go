package float

import "unsafe"

// tileGeneric is the portable twin of the assembly tiles. The conversion of each product
// keeps compilers from fusing it with the sum, so that all platforms compute the same bits.
func tileGeneric(n int, x *float32, xStride int, w *float32, y *float32, yStride int) {
	for t := range tileTokens {
		row := unsafe.Slice((*float32)(unsafe.Add(unsafe.Pointer(x), t*xStride)), n)
		out := (*[panelRows]float32)(unsafe.Add(unsafe.Pointer(y), t*yStride))
		acc := *out
		for k, xk := range row {
			col := (*[panelRows]float32)(unsafe.Add(unsafe.Pointer(w), 4*panelRows*k))
			for j := range acc {
				acc[j] += float32(xk * col[j])
			}
		}
		if t+1 == tileTokens || yStride != 0 {
			*out = acc
		}
	}
}
