package mercury

import (
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"

	"fold/internal/kernel"
)

// keySums are the sums of the rows and of the columns of the key's points.
type keySums struct{ rows, cols []bn254.G1Affine }

// keySums computes the sums for a shape, once: they depend on the key alone.
func (pk *ProverKey) keySums(s shape) *keySums {
	pk.mu.Lock()
	defer pk.mu.Unlock()
	k := pk.sums[s.n]
	if k == nil {
		k = &keySums{
			rows: laneSums(s.rows, s.cols, func(lane, i int) *bn254.G1Affine { return &pk.points[lane*s.cols+i] }),
			cols: laneSums(s.cols, s.rows, func(lane, i int) *bn254.G1Affine { return &pk.points[i*s.cols+lane] }),
		}
		pk.sums[s.n] = k
	}
	return k
}

// lanesAtOnce is the number of additions that share an inversion. Larger blocks
// gain little; smaller ones are what lets the workers share short sums.
const lanesAtOnce = 512

// laneSums returns Σ_{i < count} at(lane, i) for every lane, in affine
// coordinates: one addition a lane and step, with a shared inversion.
func laneSums(lanes, count int, at func(lane, i int) *bn254.G1Affine) []bn254.G1Affine {
	sums := make([]bn254.G1Affine, lanes)
	kernel.For(lanes, lanesAtOnce, func(lo, hi int) {
		a := newAdder(hi - lo)
		for i := range count {
			for k := range a.px {
				p := at(lo+k, i)
				a.px[k], a.py[k] = p.X, p.Y
			}
			a.add()
		}
		for k := range a.x {
			sums[lo+k] = bn254.G1Affine{X: a.x[k], Y: a.y[k]}
		}
	})
	return sums
}

// adder holds running sums (x, y), one a lane, and the points (px, py) that are
// to be added to them. Infinity is (0, 0).
type adder struct{ x, y, px, py, den, prefix, slope fp.Vector }

func newAdder(lanes int) *adder {
	v := func() fp.Vector { return make(fp.Vector, lanes) }
	return &adder{v(), v(), v(), v(), v(), v(), v()}
}

// add adds each point to its lane's sum. The chord's formula holds where the two
// differ in x and neither is infinity; other lanes are done one by one.
func (a *adder) add() {
	a.den.Sub(a.px, a.x)
	var odd []int
	var rest []bn254.G1Affine
	for k := range a.den {
		if a.den[k].IsZero() || infinite(&a.x[k], &a.y[k]) || infinite(&a.px[k], &a.py[k]) {
			sum := bn254.G1Affine{X: a.x[k], Y: a.y[k]}
			sum.Add(&sum, &bn254.G1Affine{X: a.px[k], Y: a.py[k]})
			odd, rest = append(odd, k), append(rest, sum)
			a.den[k].SetOne()
		}
	}
	invertAll(a.den, a.prefix)
	a.slope.Sub(a.py, a.y)
	a.slope.Mul(a.slope, a.den)
	x3 := a.prefix
	x3.Mul(a.slope, a.slope)
	x3.Sub(x3, a.x)
	x3.Sub(x3, a.px)
	a.x.Sub(a.x, x3)
	a.x.Mul(a.x, a.slope)
	a.y.Sub(a.x, a.y)
	copy(a.x, x3)
	for i, k := range odd {
		a.x[k], a.y[k] = rest[i].X, rest[i].Y
	}
}

func infinite(x, y *fp.Element) bool { return x.IsZero() && y.IsZero() }

// chains is the width of the products in invertAll: enough for the vector unit.
const chains = 32

// invertAll replaces each of the non-zero v by its inverse; prefix is scratch of
// the same length. Montgomery's trick, with many products side by side.
func invertAll(v, prefix fp.Vector) {
	n := len(v)
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
