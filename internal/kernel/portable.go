package kernel

// weightsOf sets dst to M[y,k0], ..., M[y,k0+len(dst)-1]. k0 is a multiple of 160, hence of
// GroupSize and of 5.
func weightsOf(dst []int32, m Matrix, y, k0 int) {
	switch m := m.(type) {
	case *W16:
		for i, w := range m.Data[y*m.Cols+k0:][:len(dst)] {
			dst[i] = int32(w)
		}
	case *W8:
		mul := m.Mul[y*m.Groups()+k0/GroupSize:]
		for i, w := range m.Data[y*m.Cols+k0:][:len(dst)] {
			dst[i] = int32(w) * int32(mul[i/GroupSize])
		}
	case *Ternary:
		for i, b := range m.Data[y*m.Stride()+k0/5:][:(len(dst)+4)/5] {
			for j := 5 * i; j < min(5*i+5, len(dst)); j++ {
				dst[j] = m.Mul * (int32(b%3) - 1)
				b /= 3
			}
		}
	}
}

// mulPortable computes the outputs of Mul for the rows [lo,hi).
func mulPortable(dst []int64, m Matrix, x []int16, tokens, lo, hi int) {
	rows, cols := m.Dims()
	w := make([]int32, cols)
	for y := lo; y < hi; y++ {
		weightsOf(w, m, y, 0)
		for t := range tokens {
			var sum int64
			for k, v := range x[t*cols:][:cols] {
				sum += int64(w[k]) * int64(v)
			}
			dst[t*rows+y] = sum
		}
	}
}
