// Code generated from ../adder.go by gen.go. DO NOT EDIT.

package grumpkin

import (
	curve "github.com/consensys/gnark-crypto/ecc/grumpkin"
	"github.com/consensys/gnark-crypto/ecc/grumpkin/fp"

	"fold/internal/commit/msm/partition"
)

const (
	// batch is the number of additions that share an inversion. The vectors of an
	// adder, 320 bytes an addition, should stay in the second-level cache.
	batch = 2048
	// chains is the number of prefix products that an inversion keeps side by side.
	// One is as long as the latency of a multiplication; 64 fill the vector unit.
	chains = 64
)

// adder adds pairs of points in batches: pairs are queued by index into a source,
// sums go to places of a destination.
type adder struct {
	x1, y1, x2, y2, x3, y3  fp.Vector
	denom, numer, prefix, t fp.Vector
	pairs                   [2*batch + partition.Ahead]int32
	to                      [batch]int32
	queued                  int
	special                 []special
}

// special is a lane whose sum the chord's formula does not give.
type special struct {
	lane int
	sum  curve.G1Affine
}

func newAdder() *adder {
	memory := make(fp.Vector, 10*batch)
	next := func() fp.Vector {
		v := memory[:batch:batch]
		memory = memory[batch:]
		return v
	}
	return &adder{
		x1: next(), y1: next(), x2: next(), y2: next(), x3: next(), y3: next(),
		denom: next(), numer: next(), prefix: next(), t: next(),
	}
}

// queue adds src[i] + src[j] to what flush computes, and reports a full queue.
func (a *adder) queue(i, j, to int32) (full bool) {
	k := a.queued
	a.pairs[2*k], a.pairs[2*k+1], a.to[k] = i, j, to
	a.queued = k + 1
	return a.queued == batch
}

// flush writes the sums of all queued pairs of src to their places in dst.
func (a *adder) flush(dst, src []curve.G1Affine) {
	if a.queued == 0 {
		return
	}
	partition.Gather(limbs(a.x1), limbs(a.y1), limbs(a.x2), limbs(a.y2), points(src), a.pairs[:], a.queued)
	a.add(dst)
}

// queuePair is queue for two points that lie elsewhere; flush it with add.
func (a *adder) queuePair(p, q *curve.G1Affine, to int32) (full bool) {
	k := a.queued
	a.x1[k], a.y1[k], a.x2[k], a.y2[k], a.to[k] = p.X, p.Y, q.X, q.Y, to
	a.queued = k + 1
	return a.queued == batch
}

// add adds the pairs (x1, y1) + (x2, y2) by the chord's formula
//
//	s = (y2 - y1) / (x2 - x1), x3 = s² - x1 - x2, y3 = s (x1 - x3) - y1
//
// and writes the sums to their places in dst.
func (a *adder) add(dst []curve.G1Affine) {
	n := a.queued
	if n == 0 {
		return
	}
	x1, y1, x2, y2, x3, y3 := a.x1[:n], a.y1[:n], a.x2[:n], a.y2[:n], a.x3[:n], a.y3[:n]
	denom, slope, t := a.denom[:n], a.numer[:n], a.t[:n]
	denom.Sub(x2, x1)
	slope.Sub(y2, y1)
	a.treatSpecial(n)
	a.invert(n)
	slope.Mul(slope, t)
	t.Mul(slope, slope)
	t.Sub(t, x1)
	x3.Sub(t, x2)
	t.Sub(x1, x3)
	t.Mul(t, slope)
	y3.Sub(t, y1)
	for _, s := range a.special {
		x3[s.lane], y3[s.lane] = s.sum.X, s.sum.Y
	}
	a.special = a.special[:0]
	partition.Scatter(points(dst), a.to[:n], limbs(x3), limbs(y3))
	a.queued = 0
}

// treatSpecial finds the lanes that are not an addition of two finite points with
// different x. One limb decides nearly always.
func (a *adder) treatSpecial(n int) {
	denom, x1, x2 := a.denom[:n], a.x1[:n], a.x2[:n]
	for i := range denom {
		if denom[i][0] == 0 || x1[i][0] == 0 || x2[i][0] == 0 {
			a.treatLane(i)
		}
	}
}

// treatLane makes lane i a doubling, whose tangent has the slope 3x²/2y on curves
// with a = 0, or notes its sum and gives it a denominator that can be inverted.
func (a *adder) treatLane(i int) {
	p, q := curve.G1Affine{X: a.x1[i], Y: a.y1[i]}, curve.G1Affine{X: a.x2[i], Y: a.y2[i]}
	switch {
	case p.IsInfinity():
		a.special = append(a.special, special{i, q})
	case q.IsInfinity():
		a.special = append(a.special, special{i, p})
	case !a.denom[i].IsZero():
		return
	case p.Y.Equal(&q.Y) && !p.Y.IsZero():
		a.denom[i].Double(&p.Y)
		var square fp.Element
		square.Square(&p.X)
		a.numer[i].Double(&square).Add(&a.numer[i], &square)
		return
	default:
		a.special = append(a.special, special{i, curve.G1Affine{}})
	}
	a.denom[i].SetOne()
}

// invert sets t = 1/denom for the first n lanes, by Montgomery's trick along many
// chains of prefix products.
func (a *adder) invert(n int) {
	w := chains
	if n < 8*chains {
		w = 8
	}
	padded := (n + w - 1) / w * w
	for i := n; i < padded; i++ {
		a.denom[i].SetOne()
	}
	copy(a.prefix[:w], a.denom[:w])
	for i := w; i < padded; i += w {
		r := a.prefix[i : i+w]
		r.Mul(a.prefix[i-w:i], a.denom[i:i+w])
	}
	inverse := fp.Vector(fp.BatchInvert(a.prefix[padded-w : padded]))
	for i := padded - w; i > 0; i -= w {
		r := a.t[i : i+w]
		r.Mul(inverse, a.prefix[i-w:i])
		inverse.Mul(inverse, a.denom[i:i+w])
	}
	copy(a.t[:w], inverse)
}
