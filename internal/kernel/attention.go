package kernel

// DotRows computes the products of one vector with many rows, such as the scores of a query
// against the cached keys of its head:
//
//	dst[j] = sum_i q[i] keys[j*stride+i],  j < len(dst), i < len(q)
//
// The results are exact for len(q) < 2^32. It runs in the caller's goroutine.
func DotRows(dst []int64, q, keys []int16, stride int) {
	if vectorised && len(q) > 0 && len(dst) > 0 {
		_ = keys[(len(dst)-1)*stride+len(q)-1]
		dotRows(&dst[0], &q[0], &keys[0], 2*stride, len(q), len(dst))
		return
	}
	for j := range dst {
		dst[j] = 0
		for i, k := range keys[j*stride:][:len(q)] {
			dst[j] += int64(q[i]) * int64(k)
		}
	}
}

// SumRows computes a weighted sum of rows, such as attention's sum of the cached values of
// a head:
//
//	dst[i] = sum_j e[j] values[j*stride+i],  i < len(dst), j < len(e)
//
// The results are exact for len(e) < 2^32. It runs in the caller's goroutine.
func SumRows(dst []int64, e, values []int16, stride int) {
	if vectorised && len(dst) > 0 && len(e) > 0 {
		_ = values[(len(e)-1)*stride+len(dst)-1]
		for i := 0; i < len(dst); i += 32 {
			columns := uint32(1<<min(32, len(dst)-i) - 1)
			sumRows(&dst[i], &e[0], &values[i], 2*stride, columns, len(e))
		}
		return
	}
	clear(dst)
	for j, w := range e {
		for i, v := range values[j*stride:][:len(dst)] {
			dst[i] += int64(w) * int64(v)
		}
	}
}
