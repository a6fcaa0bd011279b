package ipa

import "github.com/consensys/gnark-crypto/ecc/grumpkin"

// segment is the number of buckets that one lane of weightedSums adds up. The
// number of buckets of a window, a power of two, is a multiple of it.
const segment = 8

// weightedSums sets out[w] to Σ_b (b+1) sums[w][b]. All windows have the same
// number of buckets. Each is cut into segments; with P_k the sum of segment k and
// T_k = Σ_i (i+1) sums[8k+i], the result is Σ_k T_k + 8 Σ_k k P_k, and P and T of all
// segments are computed side by side.
func weightedSums(out []grumpkin.G1Jac, sums [][]grumpkin.G1Affine) {
	each := len(sums[0]) / segment
	plain, ramp := newAdder(each*len(sums)), newAdder(each*len(sums))
	for i := segment - 1; i >= 0; i-- {
		for w, s := range sums {
			for k := range each {
				p := &s[k*segment+i]
				plain.x2[w*each+k], plain.y2[w*each+k] = p.X, p.Y
			}
		}
		plain.add(len(plain.x1))
		copy(ramp.x2, plain.x1)
		copy(ramp.y2, plain.y1)
		ramp.add(len(ramp.x1))
	}
	for w := range out {
		out[w] = joinSegments(ramp, plain, w*each, each)
	}
}

// joinSegments returns Σ_k T_k + segment·Σ_k k P_k for the lanes from first on.
func joinSegments(ramp, plain *adder, first, count int) grumpkin.G1Jac {
	var running, weighted, total grumpkin.G1Jac
	for k := count - 1; k > 0; k-- {
		running.AddMixed(&grumpkin.G1Affine{X: plain.x1[first+k], Y: plain.y1[first+k]})
		weighted.AddAssign(&running)
		total.AddMixed(&grumpkin.G1Affine{X: ramp.x1[first+k], Y: ramp.y1[first+k]})
	}
	for n := 1; n < segment; n *= 2 {
		weighted.DoubleAssign()
	}
	total.AddMixed(&grumpkin.G1Affine{X: ramp.x1[first], Y: ramp.y1[first]})
	total.AddAssign(&weighted)
	return total
}
