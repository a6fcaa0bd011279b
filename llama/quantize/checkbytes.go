package quantize

import (
	"fmt"

	"fold/internal/kernel"
)

// Bounds on how far the bytes of a matrix that GPTQ rounded lie from the nearest
// ones. They are not rules of the rounding, which has none that is independent of
// the calibration inputs: see the package documentation.
const (
	MaxSteps      = 32
	MaxMeanSquare = 1.0
)

// rounding says how the bytes of a W8 matrix compare with the nearest ones.
type rounding struct {
	name       string
	differing  Difference // from the nearest
	beyond     Difference // by more than MaxSteps
	steps      int        // the largest difference
	meanSquare float64
}

// bytes compares a W8 matrix with the one that plain rounding gives.
func (c *comparer) bytes(name string, got, want *kernel.W8) {
	c.found.Values += int64(len(want.Data))
	r := rounding{name: name, differing: Difference{Tensor: name}, beyond: Difference{Tensor: name}}
	squares := 0
	for i, w := range want.Data {
		g := got.Data[i]
		if g == w {
			continue
		}
		d := max(int(g)-int(w), int(w)-int(g))
		squares += d * d
		r.steps = max(r.steps, d)
		r.differing.note(i/want.Cols, i%want.Cols, int32(g), int32(w))
		if d > MaxSteps {
			r.beyond.note(i/want.Cols, i%want.Cols, int32(g), int32(w))
		}
	}
	r.meanSquare = float64(squares) / float64(len(want.Data))
	c.rounded = append(c.rounded, r)
}

// done decides how the bytes were rounded and returns what was found. GPTQ moves
// some weights of nearly every matrix, so a model that has most matrices as plain
// rounding gives them was rounded plainly, and all its other matrices differ.
func (c *comparer) done() *Comparison {
	moved := 0
	for _, r := range c.rounded {
		c.found.Steps = max(c.found.Steps, r.steps)
		c.found.MeanSquare = max(c.found.MeanSquare, r.meanSquare)
		if r.differing.Count > 0 {
			moved++
		}
	}
	c.found.Rounding = Nearest
	if c.exact && c.gptq || 2*moved > len(c.rounded) {
		c.found.Rounding = ByGPTQ
	}
	for _, r := range c.rounded {
		switch {
		case c.found.Rounding == Nearest && r.differing.Count > 0:
			c.add(r.differing)
		case r.beyond.Count > 0:
			c.add(r.beyond)
		case r.meanSquare > MaxMeanSquare:
			c.add(Difference{r.name, -1, -1, fmt.Sprintf("mean square distance of %.3f from nearest rounding",
				r.meanSquare),
				fmt.Sprintf("at most %.1f", MaxMeanSquare), r.differing.Count})
		}
	}
	return &c.found
}
