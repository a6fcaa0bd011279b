package ipa

import (
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	"github.com/consensys/gnark-crypto/ecc/grumpkin/fp"
)

// adder adds pairs of points, many with one inversion. Infinity is (0, 0).
type adder struct {
	x1, y1, x2, y2     fp.Vector // the operands; the sums replace the first
	den, prefix, slope fp.Vector
}

func newAdder(n int) *adder {
	v := func() fp.Vector { return make(fp.Vector, n) }
	return &adder{v(), v(), v(), v(), v(), v(), v()}
}

// add replaces the first n points (x1, y1) by the sums with (x2, y2). The chord's
// formula holds where the two differ in x and neither is infinity; the other pairs
// are added one by one.
func (a *adder) add(n int) {
	x1, y1, x2, y2 := a.x1[:n], a.y1[:n], a.x2[:n], a.y2[:n]
	den, x3, slope := a.den[:n], a.prefix[:n], a.slope[:n]
	den.Sub(x2, x1)
	var odd []int
	var rest []grumpkin.G1Affine
	for k := range den {
		if den[k].IsZero() || infinite(&x1[k], &y1[k]) || infinite(&x2[k], &y2[k]) {
			sum := grumpkin.G1Affine{X: x1[k], Y: y1[k]}
			sum.Add(&sum, &grumpkin.G1Affine{X: x2[k], Y: y2[k]})
			odd, rest = append(odd, k), append(rest, sum)
			den[k].SetOne()
		}
	}
	invertAll(den, x3)
	slope.Sub(y2, y1)
	slope.Mul(slope, den)
	x3.Mul(slope, slope)
	x3.Sub(x3, x1)
	x3.Sub(x3, x2)
	x1.Sub(x1, x3)
	x1.Mul(x1, slope)
	y1.Sub(x1, y1)
	copy(x1, x3)
	for i, k := range odd {
		x1[k], y1[k] = rest[i].X, rest[i].Y
	}
}

func infinite(x, y *fp.Element) bool { return x.IsZero() && y.IsZero() }

// chains is the width of the products in invertAll: enough for the vector unit.
const chains = 32

// invertAll replaces each of the non-zero v by its inverse; prefix is scratch of
// the same length. Montgomery's trick, with many products side by side.
func invertAll(v, prefix fp.Vector) {
	n := len(v)
	if n == 0 {
		return
	}
	w := min(chains, n)
	whole := n - n%w // the rest is short, and inverted by itself
	copy(v[whole:], fp.BatchInvert(v[whole:]))
	copy(prefix[:w], v[:w])
	for i := w; i < whole; i += w {
		r := prefix[i : i+w]
		r.Mul(prefix[i-w:i], v[i:i+w])
	}
	acc := fp.Vector(fp.BatchInvert(prefix[whole-w : whole]))
	for i := whole - w; i > 0; i -= w {
		r := prefix[i : i+w]
		r.Mul(acc, prefix[i-w:i])
		acc.Mul(acc, v[i:i+w])
		copy(v[i:i+w], r)
	}
	copy(v[:w], acc)
}
