package kernel

// tilePlanes is the number of planes that are multiplied together.
const tilePlanes = 8

// mulRowsVector is mulRowsPortable with the vector kernels. x is padded by
// padInputs.
func mulRowsVector(m Matrix, x []int16, tokens, lo, hi int, emit func(y int, sums []int64)) {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	planes, scale := planesOf(m)
	_, cols := m.Dims()
	stride := padInput(cols)
	sums := make([]int64, tokens*tilePlanes)
	out := make([]int64, tokens*tilePlanes)
	for y := lo; y < hi; y += tilePlanes / planes {
		rows := min(tilePlanes/planes, hi-y)
		clear(sums)
		for k0 := 0; k0 < cols; k0 += planeCols {
			n := min(planeCols, cols-k0)
			for i := range rows {
				expandRow(s.planes[i*planes*planeCols:], m, y+i, k0, n)
			}
			dotTile(out, s.planes[:], x[k0:], tokens, stride, (n+31)/32)
			for i := range rows {
				for t := range tokens {
					for p := range planes {
						sums[i*tokens+t] += out[t*tilePlanes+i*planes+p] * int64(scale[p])
					}
				}
			}
		}
		for i := range rows {
			emit(y+i, sums[i*tokens:][:tokens])
		}
	}
}

// dotTile multiplies eight planes with all inputs: out[t][plane].
func dotTile(out []int64, planes, x []int16, tokens, stride, n int) {
	t := 0
	for ; t+6 <= tokens; t += 6 {
		var half [2][6][4]int64
		dot4x6(&half[0][0][0], &planes[0], &x[t*stride], 2*stride, n)
		dot4x6(&half[1][0][0], &planes[4*planeCols], &x[t*stride], 2*stride, n)
		for i := range 6 {
			copy(out[(t+i)*tilePlanes:], half[0][i][:])
			copy(out[(t+i)*tilePlanes+4:], half[1][i][:])
		}
	}
	for ; t < tokens; t++ {
		dot8x1(&out[t*tilePlanes], &planes[0], &x[t*stride], 2*stride, n)
	}
}

// padInput returns the distance of inputs of cols columns: whole vectors.
func padInput(cols int) int { return (cols + 31) / 32 * 32 }

// padInputs returns x with zeros up to whole vectors.
func padInputs(x []int16, cols, tokens int) []int16 {
	stride := padInput(cols)
	if stride == cols {
		return x
	}
	padded := make([]int16, tokens*stride)
	for t := range tokens {
		copy(padded[t*stride:], x[t*cols:][:cols])
	}
	return padded
}
