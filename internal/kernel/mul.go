package kernel

import "fmt"

// MaxCols is the maximum number of columns that the kernels accept. With |M| < 2^17, a
// product with 16-bit inputs stays below 2^(17+15+17) = 2^49.
const MaxCols = 1 << 17

// Mul computes y = M x for a batch of 16-bit inputs:
//
//	dst[t*rows+y] = sum_k M[y,k] x[t*cols+k],  |.| < 2^49
//
// The results are exact for every x. Mul reads the matrix once and runs in parallel over
// rows. It panics if the lengths do not fit the matrix.
func Mul(dst []int64, m Matrix, x []int16, tokens int) {
	rows, cols := m.Dims()
	checkProduct(len(dst), len(x), rows, cols, tokens)
	mul(dst, m, x, tokens)
}

// MulWide computes y = M h for a batch of 64-bit inputs:
//
//	dst[t*rows+y] = sum_k M[y,k] h[t*cols+k],  |.| < 2^(63+17+17) = 2^97
//
// The results are exact for every h. The work is proportional to the number of 16-bit limbs
// of the largest |h| of the batch: two below 2^31 - 2^15, three below 2^47 - 2^32, and so
// on up to five. It panics if the lengths do not fit the matrix.
func MulWide(dst []Int128, m Matrix, h []int64, tokens int) {
	rows, cols := m.Dims()
	checkProduct(len(dst), len(h), rows, cols, tokens)
	limbs := limbsOf(h)
	x := make([]int16, limbs*len(h))
	for t := range tokens {
		for i := range limbs {
			limb(x[(t*limbs+i)*cols:][:cols], h[t*cols:][:cols], i)
		}
	}
	sums := make([]int64, rows*tokens*limbs)
	mul(sums, m, x, tokens*limbs)
	For(rows*tokens, 1<<12, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			dst[i] = joinLimbs(sums[i/rows*limbs*rows+i%rows:], rows, limbs)
		}
	})
}

// mulGrain is the number of rows in a unit of parallel work.
const mulGrain = 16

// mul is Mul without the length checks.
func mul(dst []int64, m Matrix, x []int16, tokens int) {
	rows, cols := m.Dims()
	if vectorised {
		x = packInputs(x, cols, tokens)
		For(rows, mulGrain, func(lo, hi int) { mulVector(dst, m, x, tokens, lo, hi) })
		return
	}
	For(rows, mulGrain, func(lo, hi int) { mulPortable(dst, m, x, tokens, lo, hi) })
}

// checkProduct panics if the lengths of output and input do not fit the matrix.
func checkProduct(dst, x, rows, cols, tokens int) {
	if cols > MaxCols {
		panic(fmt.Sprintf("kernel: a matrix of %d columns, expected at most %d", cols, MaxCols))
	}
	if dst != rows*tokens || x != cols*tokens {
		panic(fmt.Sprintf("kernel: %d by %d matrix and %d tokens: %d inputs and %d outputs, expected %d and %d",
			rows, cols, tokens, x, dst, cols*tokens, rows*tokens))
	}
}

// rebase converts 16-bit digits in [0, 2^16) to digits in [-2^15, 2^15). Adding it
// propagates the carries into digits 1 to 3 and leaves digits 0 to 2 too large by 2^15.
const rebase = 0x8000_8000_8000

// limbsOf returns the number of 16-bit limbs that suffice for every entry of h.
func limbsOf(h []int64) int {
	var most uint64
	for _, v := range h {
		most = max(most, uint64(v^v>>63))
	}
	n, limit := 1, uint64(0x7fff)
	for ; n < 5 && most > limit; n++ {
		limit = limit<<16 | 0x7fff
	}
	return n
}

// limb writes limb i of each h, where h = sum_i limb_i 2^(16 i).
func limb(x []int16, h []int64, i int) {
	for k, v := range h {
		switch {
		case i < 3:
			x[k] = int16(uint64(v+rebase)>>(16*i) ^ 1<<15)
		case i == 3:
			x[k] = int16(uint64(v+rebase) >> 48)
		case v > 0 && v+rebase < 0:
			x[k] = 1 // the carry out of digit 3
		}
	}
}

// joinLimbs returns the sum of sums[i*stride] 2^(16 i), i < limbs.
func joinLimbs(sums []int64, stride, limbs int) (r Int128) {
	for i := limbs - 1; i >= 0; i-- {
		r = r.Lsh(16).Add(Int128From(sums[i*stride]))
	}
	return r
}
