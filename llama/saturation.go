package llama

import "fold/internal/kernel"

// The tensors that saturate.
const (
	satQ = iota
	satK
	satV
	satGate
	saturating
)

// Saturation counts, of one tensor over all layers and tokens of a session, the
// cells that were computed and those that the clamp to 16 bits changed.
type Saturation struct {
	Tensor    string `json:"tensor"`
	Saturated int64  `json:"saturated"`
	Cells     int64  `json:"cells"`
}

// Saturations returns the counts of the tensors that saturate.
func (s *Session) Saturations() []Saturation {
	counts := make([]Saturation, saturating)
	for i, name := range [saturating]string{"q", "k", "v", "gate"} {
		counts[i] = Saturation{name, s.saturated[i].Load(), s.cells[i]}
	}
	return counts
}

// requantise sets dst = sat(R(acc, k)) and counts what it clamps.
func (s *Session) requantise(tensor int, dst []int16, acc []int64, k int) {
	s.cells[tensor] += int64(len(dst))
	kernel.For(len(dst), cellGrain, func(lo, hi int) {
		clamped := int64(0)
		for i := lo; i < hi; i++ {
			a := round(acc[i], k)
			dst[i] = sat(a)
			if int64(dst[i]) != a {
				clamped++
			}
		}
		s.saturated[tensor].Add(clamped)
	})
}
