package kernel

// DotRows computes the products of one vector with many rows, such as the
// scores of a query with the cached keys of its head:
//
//	dst[j] = sum_i q[i] keys[j*stride+i],  j < len(dst), i < len(q)
//
// exactly, for len(q) < 2^32. It runs on its caller alone.
func DotRows(dst []int64, q, keys []int16, stride int) {
	for j := range dst {
		dst[j] = 0
		for i, k := range keys[j*stride:][:len(q)] {
			dst[j] += int64(q[i]) * int64(k)
		}
	}
}

// SumRows computes a weighted sum of rows, such as attention's sum of the
// cached values of a head:
//
//	dst[i] = sum_j e[j] values[j*stride+i],  i < len(dst), j < len(e)
//
// exactly, for len(e) < 2^32. It runs on its caller alone.
func SumRows(dst []int64, e, values []int16, stride int) {
	clear(dst)
	for j, w := range e {
		for i, v := range values[j*stride:][:len(dst)] {
			dst[i] += int64(w) * int64(v)
		}
	}
}
