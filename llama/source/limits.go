package source

import "fold/llama"

// maxShape bounds every dimension and product of dimensions that a file may
// state. It leaves room to multiply by the size of a value and to add offsets.
const maxShape = 1 << 50

// volume returns the number of values of a shape, and false if a dimension is
// negative or the number above maxShape.
func volume(shape []int) (int, bool) {
	n := 1
	for _, d := range shape {
		if d < 0 || d > maxShape || (d > 0 && n > maxShape/d) {
			return 0, false
		}
		n *= d
	}
	return n, true
}

// checkConfig refuses a configuration that the integer model has no room for.
// All products of its numbers are small afterwards.
func checkConfig(c llama.Config) error {
	if err := c.Validate(); err != nil {
		return unsupported("configuration: %w", err)
	}
	return nil
}
