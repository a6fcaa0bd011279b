package poly

import (
	"fmt"
	"math/bits"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/kernel"
)

// Vars returns log2 of a length that is a power of two, and an error otherwise.
func Vars(length int) (int, error) {
	if length <= 0 || length&(length-1) != 0 {
		return 0, fmt.Errorf("poly: %d values, want a power of two", length)
	}
	return bits.TrailingZeros(uint(length)), nil
}

// Eval returns v~(r); len(v) is 2^len(r). v is not changed.
func Eval(v fr.Vector, r []fr.Element) fr.Element {
	low := r[max(0, len(r)-rowVars):] // a row of at most a block
	e := EqTable(low)
	rows := make(fr.Vector, len(v)/len(e))
	kernel.For(len(rows), 4, func(lo, hi int) {
		for t := lo; t < hi; t++ {
			rows[t] = innerProduct(e, v[t*len(e):(t+1)*len(e)])
		}
	})
	for _, c := range r[:len(r)-len(low)] {
		rows = Bind(rows, &c)
	}
	return rows[0]
}

// Bind fixes the first variable of v to r in place and returns the half of v
// that holds the result.
func Bind(v fr.Vector, r *fr.Element) fr.Vector {
	h, line := len(v)/2, newLine(r)
	eachBlock(h, func(lo, hi int) {
		line.lerp(v[lo:hi], v[lo:hi], v[h+lo:h+hi], v[h+lo:h+hi])
	})
	return v[:h]
}

// eachBlock runs f on the blocks of [0, n), in parallel.
func eachBlock(n int, f func(lo, hi int)) { kernel.For(n, block, f) }
