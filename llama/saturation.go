package llama

import "fold.example/fold/internal/kernel"

// Saturation counts the cells of one saturating tensor, over all layers and tokens of a
// session.
type Saturation struct {
	Tensor    string `json:"tensor"`    // "q", "k", "v" or "gate"
	Saturated int64  `json:"saturated"` // cells that the clamp to 16 bits changed
	Cells     int64  `json:"cells"`     // cells computed
}

// Saturations returns the counts of the tensors that saturate, in the order of the
// architecture.
func (s *Session) Saturations() (counts []Saturation) {
	for i, r := range s.model.Config.Architecture().Rescales {
		if r.Saturates {
			counts = append(counts, Saturation{r.Name, s.saturated[i].Load(), s.cells[i]})
		}
	}
	return counts
}

// requantise sets dst = sat(R(acc, k)) for the rescale with the given index in the
// architecture, and counts the cells that the clamp changes.
func (s *Session) requantise(rescale int, dst []int16, acc []int64, k int) {
	s.cells[rescale] += int64(len(dst))
	kernel.For(len(dst), cellGrain, func(lo, hi int) {
		clamped := int64(0)
		for i := lo; i < hi; i++ {
			a := round(acc[i], k)
			dst[i] = sat(a)
			if int64(dst[i]) != a {
				clamped++
			}
		}
		s.saturated[rescale].Add(clamped)
	})
}
