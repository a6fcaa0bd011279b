package poly

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/kernel"
)

// block is the number of elements that a vector kernel processes at a time, 32 kB. rowVars
// is log2 of block.
const (
	block   = 1 << rowVars
	rowVars = 10
)

// EqTable returns eq(q, x) for all x in {0,1}^n, n = len(q), in the index order of the
// package.
func EqTable(q []fr.Element) fr.Vector {
	e := make(fr.Vector, 1<<len(q))
	one := fr.One()
	eqTableInto(e, q, &one)
	return e
}

// eqTableInto fills e, of length 2^len(q), with scale eq(q, x). A long table is computed as
// the outer product of the tables for the first and the last variables.
func eqTableInto(e fr.Vector, q []fr.Element, scale *fr.Element) {
	if len(q) <= rowVars {
		doubleEq(e, q, scale)
		return
	}
	cut := len(q) - rowVars
	rows, row := make(fr.Vector, 1<<cut), make(fr.Vector, block)
	eqTableInto(rows, q[:cut], scale)
	one := fr.One()
	doubleEq(row, q[cut:], &one)
	kernel.For(len(rows), 4, func(lo, hi int) {
		for t := lo; t < hi; t++ {
			r := e[t*block : (t+1)*block]
			r.ScalarMul(row, &rows[t])
		}
	})
}

// doubleEq is eqTableInto by doubling from the last variable on, so that every pass is over
// contiguous memory.
func doubleEq(e fr.Vector, q []fr.Element, scale *fr.Element) {
	e[0] = *scale
	for n, i := 1, len(q)-1; i >= 0; n, i = 2*n, i-1 {
		low, high := e[:n], e[n:2*n]
		high.ScalarMul(low, &q[i])
		low.Sub(low, high)
	}
}

// Eq returns eq(a, b) of two points of equal length.
func Eq[E any](ar arith.Arithmetic[E], a, b []E) E {
	one := ar.Const(fr.One())
	r := one
	for i := range a {
		ab := ar.Mul(a[i], b[i])
		s := ar.Sub(ar.Add(ab, ab), ar.Add(a[i], b[i]))
		r = ar.Mul(r, ar.Add(one, s))
	}
	return r
}

// EqBits returns eq(index, r) for a constant index, whose bits are the coordinates of a
// vertex, most significant bit first.
func EqBits[E any](ar arith.Arithmetic[E], index uint64, r []E) E {
	one := ar.Const(fr.One())
	v := one
	for i := range r {
		f := r[i]
		if index>>(len(r)-1-i)&1 == 0 {
			f = ar.Sub(one, f)
		}
		v = ar.Mul(v, f)
	}
	return v
}

// EqBelow returns the sum of eq(t, y) eq(y, s) over the vertices y with index below n, for
// a constant 0 <= n <= 2^len(t). This is the multilinear extension at s of the function
// that is eq(t, .) on the first n vertices and zero elsewhere.
func EqBelow[E any](ar arith.Arithmetic[E], n int, t, s []E) E {
	if n>>len(t) != 0 {
		return Eq(ar, t, s)
	}
	one := ar.Const(fr.One())
	all, part := one, ar.Const(fr.Element{}) // sums over the lower bits: over all y, and over y below n's lower bits
	for i := len(t) - 1; i >= 0; i-- {
		high := ar.Mul(t[i], s[i])
		low := ar.Mul(ar.Sub(one, t[i]), ar.Sub(one, s[i]))
		if n>>(len(t)-1-i)&1 == 1 {
			part = ar.Add(ar.Mul(low, all), ar.Mul(high, part))
		} else {
			part = ar.Mul(low, part)
		}
		all = ar.Mul(all, ar.Add(low, high))
	}
	return part
}

// Less returns the multilinear extension of the indicator [a < b] at (x, y), for integers a
// and b of len(x) bits: a sum over the position of the most significant bit that differs.
func Less[E any](ar arith.Arithmetic[E], x, y []E) E {
	return compare(ar, x, y, ar.Const(fr.Element{}))
}

// LessEqual returns the multilinear extension of the indicator [a <= b] at (x, y). It is
// the causal mask if x is the point of the position axis, and y the point of the token's
// absolute position: the bits of the pass's start in the high coordinates and the point of
// the token axis in the low ones. x or y may also be the bits of an integer.
func LessEqual[E any](ar arith.Arithmetic[E], x, y []E) E {
	return compare(ar, x, y, ar.Const(fr.One()))
}

// compare returns the multilinear extension of [a < b] plus equal times that of [a = b]. It
// recurs from the least significant bit up: [a<b] = (1-a_0) b_0 + eq(a_0,b_0) [rest].
func compare[E any](ar arith.Arithmetic[E], x, y []E, equal E) E {
	one := ar.Const(fr.One())
	less := equal
	for i := len(x) - 1; i >= 0; i-- {
		xy := ar.Mul(x[i], y[i])
		below := ar.Sub(y[i], xy) // (1-x) y
		same := ar.Sub(ar.Add(one, xy), ar.Add(x[i], below))
		less = ar.Add(below, ar.Mul(same, less))
	}
	return less
}

// Live returns the multilinear extension of the indicator [index < n] at r, for a constant
// 0 <= n <= 2^len(r).
func Live[E any](ar arith.Arithmetic[E], n uint64, r []E) E {
	one := ar.Const(fr.One())
	if n>>len(r) != 0 {
		return one
	}
	v := ar.Const(fr.Element{})
	for i := len(r) - 1; i >= 0; i-- { // v: the indicator for the bits below bit i
		if n>>(len(r)-1-i)&1 == 1 {
			v = ar.Add(ar.Sub(one, r[i]), ar.Mul(r[i], v))
		} else {
			v = ar.Mul(ar.Sub(one, r[i]), v)
		}
	}
	return v
}
