package poly

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/kernel"
)

// block is the number of elements a vector kernel handles at once, 32 kB, and
// rowVars its number of variables.
const (
	block   = 1 << rowVars
	rowVars = 10
)

// EqTable returns eq(q, x) for all x in {0,1}^n, n = len(q).
func EqTable(q []fr.Element) fr.Vector {
	e := make(fr.Vector, 1<<len(q))
	one := fr.One()
	eqTableInto(e, q, &one)
	return e
}

// eqTableInto fills e, of length 2^len(q), with scale eq(q, x). A long table is
// the outer product of those of the first and the last variables.
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

// doubleEq is eqTableInto from the last variable on, so that every pass is over
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

// EqBits returns eq(index, r) for a constant index, whose bits are the
// coordinates of a vertex of the cube, most significant first.
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

// EqBelow returns the sum of eq(t, y) eq(y, s) over the vertices y whose index is below n,
// for a constant 0 <= n <= 2^len(t): the extension, at s, of the first n values of eq(t, .).
func EqBelow[E any](ar arith.Arithmetic[E], n int, t, s []E) E {
	if n>>len(t) != 0 {
		return Eq(ar, t, s)
	}
	one := ar.Const(fr.One())
	all, part := one, ar.Const(fr.Element{}) // over the lower bits: all y, and those below n's
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

// Less returns the extension of the indicator a < b at (x, y): the sum over
// the positions where the first difference is a 0 of a against a 1 of b.
func Less[E any](ar arith.Arithmetic[E], x, y []E) E {
	return compare(ar, x, y, ar.Const(fr.Element{}))
}

// LessEqual returns the extension of a <= b at (x, y). With x the position axis'
// point and y the token's absolute position, the pass's start in the high
// coordinates and the token axis' point in the low ones, it is the causal mask;
// either may be the bits of a number.
func LessEqual[E any](ar arith.Arithmetic[E], x, y []E) E {
	return compare(ar, x, y, ar.Const(fr.One()))
}

// compare returns the extension of a < b, or, where they are equal, of equal, from
// the least significant bit up: [a<b] = (1-a_0) b_0 + eq(a_0,b_0) [rest].
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

// Live returns the extension of the indicator [index < n] at r, for a constant
// 0 <= n <= 2^len(r).
func Live[E any](ar arith.Arithmetic[E], n uint64, r []E) E {
	one := ar.Const(fr.One())
	if n>>len(r) != 0 {
		return one
	}
	v := ar.Const(fr.Element{})
	for i := len(r) - 1; i >= 0; i-- { // v: the lower bits are below n's
		if n>>(len(r)-1-i)&1 == 1 {
			v = ar.Add(ar.Sub(one, r[i]), ar.Mul(r[i], v))
		} else {
			v = ar.Mul(ar.Sub(one, r[i]), v)
		}
	}
	return v
}
