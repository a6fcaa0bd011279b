package poly

import "testing"

// The tests of sums and reductions without the vector kernels, as on a machine that lacks
// the instructions.
func TestWithoutKernels(t *testing.T) {
	defer func(had bool) { ifma = had }(ifma)
	ifma = false
	t.Run("sum", TestSum)
	t.Run("reduce", TestReduce)
	t.Run("vectors", TestVectorKernels)
}
