package quantize

import (
	"fmt"

	"fold.example/fold/internal/kernel"
)

// Bounds on the distance between the bytes of a matrix that GPTQ rounded and the nearest
// bytes, in steps. GPTQ has no such bound that is independent of the calibration inputs;
// the package documentation says where these numbers come from.
const (
	MaxSteps      = 32  // for each byte
	MaxMeanSquare = 1.0 // for the mean of the squares over a matrix
)

// rounding is the comparison of the bytes of a W8 matrix with the nearest bytes.
type rounding struct {
	name       string
	differing  Difference // bytes that are not the nearest
	beyond     Difference // bytes at a distance above MaxSteps
	steps      int        // the largest distance
	meanSquare float64    // mean of the squared distances
}

// bytes compares a W8 matrix with its rounding to the nearest bytes.
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
		r.differing.note(i/want.Cols, i%want.Cols, int64(g), int64(w))
		if d > MaxSteps {
			r.beyond.note(i/want.Cols, i%want.Cols, int64(g), int64(w))
		}
	}
	r.meanSquare = float64(squares) / float64(len(want.Data))
	c.rounded = append(c.rounded, r)
}

// done decides how the bytes were rounded and returns the result of the check. GPTQ moves
// some weights of nearly every matrix. So a model was rounded to the nearest if at least
// half of its matrices have the nearest bytes; then all its other matrices differ.
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
