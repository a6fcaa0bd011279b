// Code generated from ../weigh.go by gen.go. DO NOT EDIT.

package grumpkin

import (
	curve "github.com/consensys/gnark-crypto/ecc/grumpkin"

	"fold.example/fold/internal/commit/msm/partition"
)

// runningMax is the maximum weight for which running sums visit every weight. Larger
// weights are split into digits again.
const runningMax = 256

// foldSigns interprets the digits as two's complement of c bits and combines opposite
// buckets. It returns the magnitudes |v| in ascending order and the points B_v - B_-v.
func (s *Sums) foldSigns(c int) (weights []int32, pts []curve.G1Affine) {
	half := 1 << (c - 1)
	split := 0 // first negative digit
	for split < len(s.Digits) && int(s.Digits[split]) < half {
		split++
	}
	pts = make([]curve.G1Affine, 0, len(s.Digits))
	t := idleTree()
	defer trees.Put(t)
	flush := func() { t.adder.add(pts[:cap(pts)]) }
	i, j := 0, len(s.Digits)-1
	for i < split || j >= split {
		pos, neg := half+1, half+1
		if i < split {
			pos = int(s.Digits[i])
		}
		if j >= split {
			neg = 2*half - int(s.Digits[j])
		}
		to := len(pts)
		weights = append(weights, int32(min(pos, neg)))
		pts = pts[:to+1]
		switch {
		case pos < neg:
			pts[to] = s.Points[i]
			i++
		case neg < pos:
			pts[to].Neg(&s.Points[j])
			j--
		default:
			var minus curve.G1Affine
			minus.Neg(&s.Points[j])
			if t.adder.queuePair(&s.Points[i], &minus, int32(to)) {
				flush()
			}
			i, j = i+1, j-1
		}
	}
	flush()
	return weights, pts
}

// weigh returns Σ_i weights[i] pts[i] for positive weights in ascending order.
func weigh(weights []int32, pts []curve.G1Affine) (sum curve.G1Jac) {
	if len(weights) == 0 {
		return
	}
	if weights[len(weights)-1] > runningMax {
		return small(pts, []partition.Run[int32]{{Cells: weights}})
	}
	var run curve.G1Jac
	for i := len(weights) - 1; i >= 0; i-- {
		run.AddMixed(&pts[i])
		below := int32(0)
		if i > 0 {
			below = weights[i-1]
		}
		for range weights[i] - below {
			sum.AddAssign(&run)
		}
	}
	return
}

// weighUnsigned returns Σ v B_v.
func (s *Sums) weighUnsigned() curve.G1Jac {
	weights := make([]int32, len(s.Digits))
	for i, d := range s.Digits {
		weights[i] = int32(d)
	}
	return weigh(weights, s.Points)
}

// weighSigned returns Σ v B_v, with the digits interpreted as two's complement of c bits.
func (s *Sums) weighSigned(c int) curve.G1Jac { return weigh(s.foldSigns(c)) }
