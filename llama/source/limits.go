package source

import "fold.example/fold/llama"

// maxShape bounds every dimension and every product of dimensions that a file states.
// Products with the size of a value and sums with offsets then fit 64 bits.
const maxShape = 1 << 50

// volume returns the number of values of a shape. ok is false if a dimension is negative
// or exceeds maxShape, or the number does.
func volume(shape []int) (n int, ok bool) {
	n = 1
	for _, d := range shape {
		if d < 0 || d > maxShape || (d > 0 && n > maxShape/d) {
			return 0, false
		}
		n *= d
	}
	return n, true
}

// checkConfig refuses a configuration outside the limits of the integer model. Products
// of the numbers of a configuration within them fit 64 bits.
func checkConfig(c llama.Config) error {
	if err := c.Validate(); err != nil {
		return unsupported("configuration: %w", err)
	}
	return nil
}
