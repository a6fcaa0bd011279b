package poly

import (
	"fmt"
	"math/bits"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/kernel"
)

// Vars returns log2 of length, and an error if length is not a power of two.
func Vars(length int) (int, error) {
	if length <= 0 || length&(length-1) != 0 {
		return 0, fmt.Errorf("poly: %d values, want a power of two", length)
	}
	return bits.TrailingZeros(uint(length)), nil
}

// Eval returns v~(r), where len(v) is 2^len(r). It does not change v.
func Eval(v fr.Vector, r []fr.Element) fr.Element {
	low := r[max(0, len(r)-rowVars):] // a row of at most one block
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

// Bind binds the first variable of v to r in place and returns the half of v that holds the
// result.
func Bind(v fr.Vector, r *fr.Element) fr.Vector {
	h, line := len(v)/2, newLine(r)
	eachBlock(h, func(lo, hi int) {
		line.lerp(v[lo:hi], v[lo:hi], v[h+lo:h+hi], v[h+lo:h+hi])
	})
	return v[:h]
}

// eachBlock calls f on the blocks of [0, n), in parallel.
func eachBlock(n int, f func(lo, hi int)) { kernel.For(n, block, f) }
