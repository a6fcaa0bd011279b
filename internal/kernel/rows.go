package kernel

// mulGrain is the least number of rows worth a goroutine's attention.
const mulGrain = 16

// mulRows computes all products of the rows of m with the tokens vectors of x
// and hands them out row by row: sums[t] = sum_k M[y,k] x[t*cols+k]. emit is
// called from several goroutines, once for each row.
func mulRows(m Matrix, x []int16, tokens int, emit func(y int, sums []int64)) {
	rows, cols := m.Dims()
	if vectorised {
		x = padInputs(x, cols, tokens)
		For(rows, mulGrain, func(lo, hi int) { mulRowsVector(m, x, tokens, lo, hi, emit) })
		return
	}
	For(rows, mulGrain, func(lo, hi int) { mulRowsPortable(m, x, tokens, lo, hi, emit) })
}
