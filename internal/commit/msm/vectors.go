package msm

import (
	curve "github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"

	"fold.example/fold/internal/commit/msm/partition"
)

// chains is the number of independent prefix products in an inversion. A single chain would
// be bound by the latency of a multiplication; 64 chains fill a vector unit.
const chains = 64

// vectors is the memory of the portable addition: coordinates, x2 - x1, y2 - y1, prefix
// products of the x2 - x1, and a temporary.
type vectors struct {
	x1, y1, x2, y2, x3, y3  fp.Vector
	denom, numer, prefix, t fp.Vector
}

func newVectors() *vectors {
	memory := make(fp.Vector, 10*batch)
	next := func() fp.Vector {
		v := memory[:batch:batch]
		memory = memory[batch:]
		return v
	}
	return &vectors{
		x1: next(), y1: next(), x2: next(), y2: next(), x3: next(), y3: next(),
		denom: next(), numer: next(), prefix: next(), t: next(),
	}
}

// flushVectors computes the sums (x1, y1) + (x2, y2) of the queued pairs by the chord
// formula
//
//	s = (y2 - y1) / (x2 - x1), x3 = s² - x1 - x2, y3 = s (x1 - x3) - y1
//
// on vectors of coordinates, and writes them to their places in dst.
func (a *adder) flushVectors(dst, src []curve.G1Affine) {
	n, v := a.queued, a.vectors
	partition.Gather(limbs(v.x1[:n]), limbs(v.y1), limbs(v.x2), limbs(v.y2), points(src), a.pairs[:])
	x1, y1, x2, y2, x3, y3 := v.x1[:n], v.y1[:n], v.x2[:n], v.y2[:n], v.x3[:n], v.y3[:n]
	denom, slope, t := v.denom[:n], v.numer[:n], v.t[:n]
	denom.Sub(x2, x1)
	slope.Sub(y2, y1)
	a.treatSpecial(n)
	v.invert(n)
	slope.Mul(slope, t)
	t.Mul(slope, slope)
	t.Sub(t, x1)
	x3.Sub(t, x2)
	t.Sub(x1, x3)
	t.Mul(t, slope)
	y3.Sub(t, y1)
	partition.Scatter(points(dst), a.to[:n], limbs(x3), limbs(y3))
}

// treatSpecial finds the pairs other than two finite points with different x, records their
// sums, and sets their denominators to an invertible value. Comparing one limb decides
// almost always.
func (a *adder) treatSpecial(n int) {
	v := a.vectors
	denom, x1, x2 := v.denom[:n], v.x1[:n], v.x2[:n]
	for i := range denom {
		if denom[i][0] != 0 && x1[i][0] != 0 && x2[i][0] != 0 {
			continue
		}
		if denom[i].IsZero() || x1[i].IsZero() || x2[i].IsZero() {
			p, q := curve.G1Affine{X: x1[i], Y: v.y1[i]}, curve.G1Affine{X: x2[i], Y: v.y2[i]}
			a.addSpecial(i, &p, &q)
			denom[i].SetOne()
		}
	}
}

// invert sets t = 1/denom for the first n lanes, by Montgomery's trick on independent
// chains of prefix products.
func (v *vectors) invert(n int) {
	w := chains
	if n < 8*chains {
		w = 8
	}
	padded := (n + w - 1) / w * w
	for i := n; i < padded; i++ {
		v.denom[i].SetOne()
	}
	copy(v.prefix[:w], v.denom[:w])
	for i := w; i < padded; i += w {
		r := v.prefix[i : i+w]
		r.Mul(v.prefix[i-w:i], v.denom[i:i+w])
	}
	inverse := fp.Vector(fp.BatchInvert(v.prefix[padded-w : padded]))
	for i := padded - w; i > 0; i -= w {
		r := v.t[i : i+w]
		r.Mul(inverse, v.prefix[i-w:i])
		inverse.Mul(inverse, v.denom[i:i+w])
	}
	copy(v.t[:w], inverse)
}
