package kernel

// tilePlanes is the number of planes per kernel call.
const tilePlanes = 8

// mulVector computes the outputs of Mul for the rows [lo,hi) with the vector kernels. x is
// the result of packInputs.
func mulVector(dst []int64, m Matrix, x []int16, tokens, lo, hi int) {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	planes, scale := planesOf(m)
	rows, cols := m.Dims()
	out := make([]int64, tokens*tilePlanes)
	for y := lo; y < hi; y += tilePlanes / planes {
		there := min(tilePlanes/planes, hi-y)
		for t := range tokens {
			clear(dst[t*rows+y:][:there])
		}
		for k0 := 0; k0 < cols; k0 += planeCols {
			n := min(planeCols, cols-k0)
			for i := range there {
				expandRow(s.planes[i*planes*planeCols:], m, y+i, k0, n)
			}
			dotTile(out, s.planes[:], x[k0*tokens:], tokens, (n+31)/32)
			for t := range tokens {
				addPlanes(dst[t*rows+y:][:there], out[t*tilePlanes:], planes, scale)
			}
		}
	}
}

// addPlanes combines the planes' products of each row: dst += sum_i scale[i] out_i.
func addPlanes(dst, out []int64, planes int, scale [2]int) {
	for i := range dst {
		dst[i] += int64(scale[0]) * out[i*planes]
		if planes == 2 {
			dst[i] += int64(scale[1]) * out[2*i+1]
		}
	}
}

// dotTile multiplies eight planes by all inputs: out[t][plane].
func dotTile(out []int64, planes, x []int16, tokens, n int) {
	t := 0
	for ; t+3 <= tokens; t += 3 {
		dot8x3(&out[t*tilePlanes], &planes[0], &x[t*planeCols], n)
	}
	for ; t < tokens; t++ {
		dot8x1(&out[t*tilePlanes], &planes[0], &x[t*planeCols], n)
	}
}

// packInputs returns the inputs in blocks of planeCols columns, the last block padded with
// zeros: [block][token][planeCols].
func packInputs(x []int16, cols, tokens int) []int16 {
	blocks := (cols + planeCols - 1) / planeCols
	packed := make([]int16, blocks*tokens*planeCols)
	for b := range blocks {
		k0 := b * planeCols
		for t := range tokens {
			copy(packed[(b*tokens+t)*planeCols:][:planeCols], x[t*cols+k0:(t+1)*cols])
		}
	}
	return packed
}
