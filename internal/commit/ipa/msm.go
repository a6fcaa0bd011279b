package ipa

import (
	"math/bits"

	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold/internal/kernel"
)

// scalarBits bounds |s| < 2^scalarBits for the representative of a scalar that is
// nearest to zero.
const scalarBits = fq.Bits - 1

// msm returns Σ_i scalars_i points_i by Pippenger's method in affine coordinates.
// It is made for 2^8 to 2^16 points, where the sums over the buckets weigh as
// much as filling them: both share their inversions.
func msm(points []grumpkin.G1Affine, scalars fq.Vector) grumpkin.G1Affine {
	c := min(max(bits.Len(uint(len(points)))-4, 3), 13)
	windows := (scalarBits + c - 1) / c
	digits := recode(scalars, c, windows)
	sums := make([][]grumpkin.G1Affine, windows)
	kernel.For(windows, 1, func(lo, hi int) {
		for w := lo; w < hi; w++ {
			sums[w] = bucketSums(points, digits[w], 1<<c)
		}
	})
	parts := make([]grumpkin.G1Jac, windows)
	kernel.For(windows, 4, func(lo, hi int) { weightedSums(parts[lo:hi], sums[lo:hi]) })
	var total grumpkin.G1Jac
	for w := windows - 1; w >= 0; w-- {
		for range c {
			total.DoubleAssign()
		}
		total.AddAssign(&parts[w])
	}
	var r grumpkin.G1Affine
	r.FromJacobian(&total)
	return r
}

// recode writes each scalar as Σ_w digit_w 2^(c w) with digits in [-2^(c-1),
// 2^(c-1)], the highest in [-2^c, 2^c], one slice a window.
func recode(scalars fq.Vector, c, windows int) [][]int16 {
	digits := make([][]int16, windows)
	for w := range digits {
		digits[w] = make([]int16, len(scalars))
	}
	kernel.For(len(scalars), 1024, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			recodeOne(digits, i, scalars[i], c)
		}
	})
	return digits
}

func recodeOne(digits [][]int16, i int, s fq.Element, c int) {
	sign := int16(1)
	if s.LexicographicallyLargest() {
		s.Neg(&s)
		sign = -1
	}
	limbs := s.Bits()
	carry := int16(0)
	for w := range digits {
		at := w * c
		d := limbs[at/64] >> (at % 64)
		if at%64+c > 64 && at/64 < 3 {
			d |= limbs[at/64+1] << (64 - at%64)
		}
		x := int16(d&(1<<c-1)) + carry
		carry = 0
		if x > 1<<(c-1) && w < len(digits)-1 {
			x -= 1 << c
			carry = 1
		}
		digits[w][i] = sign * x
	}
}

// pairsAtOnce is the number of additions that share an inversion.
const pairsAtOnce = 1024

// bucketSums returns for every b in [1, n] the sum of the points with digit b less
// that of the points with digit -b, at index b - 1. The points are sorted by
// bucket and then added in pairs, round by round, until one is left in each.
func bucketSums(points []grumpkin.G1Affine, digits []int16, n int) []grumpkin.G1Affine {
	size := make([]int32, n)
	for _, d := range digits {
		if d != 0 {
			size[max(d, -d)-1]++
		}
	}
	r := rounds{adder: newAdder(pairsAtOnce), size: size}
	r.sort(digits)
	src := points
	spare := make([]grumpkin.G1Affine, len(r.refs))
	for r.longest > 1 {
		dst := make([]grumpkin.G1Affine, r.halved())
		if cap(spare) >= len(dst) {
			dst, spare = spare[:len(dst)], nil
		}
		r.run(src, dst)
		src = dst
	}
	out := make([]grumpkin.G1Affine, n)
	at := 0
	for b, k := range size {
		if k == 1 {
			out[b] = r.load(src, at)
			at++
		}
	}
	return out
}

// rounds adds up the points of buckets in pairs.
type rounds struct {
	*adder
	size    []int32 // points left, by bucket
	longest int32   // of them
	refs    []int32 // where these points are, bucket by bucket: 2·index + (1 if negated)
	to      [pairsAtOnce]int32
	queued  int
}

// sort fills refs by counting.
func (r *rounds) sort(digits []int16) {
	start := make([]int32, len(r.size))
	total := int32(0)
	for b, k := range r.size {
		start[b] = total
		total += k
		r.longest = max(r.longest, k)
	}
	r.refs = make([]int32, total)
	for i, d := range digits {
		if d == 0 {
			continue
		}
		ref := int32(2 * i)
		if d < 0 {
			d, ref = -d, ref+1
		}
		r.refs[start[d-1]] = ref
		start[d-1]++
	}
}

// halved is the number of points that one round leaves.
func (r *rounds) halved() (total int32) {
	for _, k := range r.size {
		total += (k + 1) / 2
	}
	return
}

// load returns the point that refs[at] stands for.
func (r *rounds) load(src []grumpkin.G1Affine, at int) grumpkin.G1Affine {
	p := src[r.refs[at]>>1]
	if r.refs[at]&1 == 1 {
		p.Y.Neg(&p.Y)
	}
	return p
}

// run adds the points of src in pairs into dst and lets refs point there.
func (r *rounds) run(src, dst []grumpkin.G1Affine) {
	in, out := 0, int32(0)
	for b, k := range r.size {
		for end := in + int(k); in < end; out++ {
			if in+1 == end {
				dst[out] = r.load(src, in)
				in++
				continue
			}
			p, q := r.load(src, in), r.load(src, in+1)
			i := r.queued
			r.x1[i], r.y1[i], r.x2[i], r.y2[i] = p.X, p.Y, q.X, q.Y
			r.to[i] = out
			in += 2
			if r.queued++; r.queued == pairsAtOnce {
				r.flush(dst)
			}
		}
		r.size[b] = (k + 1) / 2
	}
	r.flush(dst)
	r.refs = r.refs[:out]
	for i := range r.refs {
		r.refs[i] = int32(2 * i)
	}
	r.longest = (r.longest + 1) / 2
}

// flush adds what is queued.
func (r *rounds) flush(dst []grumpkin.G1Affine) {
	r.add(r.queued)
	for i, at := range r.to[:r.queued] {
		dst[at] = grumpkin.G1Affine{X: r.x1[i], Y: r.y1[i]}
	}
	r.queued = 0
}
