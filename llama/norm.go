package llama

import "fold.example/fold/internal/kernel"

const (
	normShift = 32      // of R(x inv, 32)
	cellGrain = 1 << 13 // cells of cheap work that are worth a goroutine
)

// norm sets n = R(x inv, 32) for each token, with v = sum x^2 + epsI and
// inv = isqrt(floor(C/v)). With a gain it also sets R(n gain, 15).
func (s *Session) norm(tr *NormTrace, x []int32, gain []int16) {
	d := s.model.Config.Dim
	c := normConstant(d, s.model.Scales.Norm)
	kernel.For(len(tr.V), cellGrain/d+1, func(lo, hi int) {
		for t := lo; t < hi; t++ {
			row, n := x[t*d:(t+1)*d], tr.N[t*d:(t+1)*d]
			v := sumSquares(row, s.model.Scales.Eps)
			inv := int64(c.Quo(v).Sqrt())
			tr.V[t], tr.Inv[t] = v, inv
			for i, xi := range row {
				// |x| inv <= sqrt(v C/v): below 2^47, and |n| <= 32767.
				n[i] = int16(round(int64(xi)*inv, normShift))
			}
			if gain != nil {
				applyGain(tr.Gained[t*d:(t+1)*d], n, gain)
			}
		}
	})
}

func applyGain(dst, n, gain []int16) {
	for i, g := range gain {
		dst[i] = int16(round(int64(n[i])*int64(g), GainShift))
	}
}

// normConstant returns C = min(d 2^(64+2en), 32767^2 2^64), below 2^94.
func normConstant(d, en int) kernel.Int128 {
	return kernel.Int128{Hi: min(int64(d)<<(2*en), maxS16*maxS16)}
}

// sumSquares returns sum x^2 + eps, below 2^16 2^62 + 2^63.
func sumSquares(x []int32, eps int64) kernel.Int128 {
	sum := kernel.Int128From(eps)
	for _, v := range x {
		sum = sum.Add(kernel.Int128From(int64(v) * int64(v)))
	}
	return sum
}

// round returns R(a,k) = floor((a + 2^(k-1)) / 2^k); a + 2^(k-1) has 64 bits.
func round(a int64, k int) int64 { return (a + 1<<(k-1)) >> k }

// sat clamps to 16 bits.
func sat(a int64) int16 { return int16(max(minS16, min(maxS16, a))) }
