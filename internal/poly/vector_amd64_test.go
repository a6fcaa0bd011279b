package poly

import "testing"

// The whole of the sums' and the reductions' tests without the kernels, as a
// machine without them runs.
func TestWithoutKernels(t *testing.T) {
	defer func(had bool) { ifma = had }(ifma)
	ifma = false
	t.Run("sum", TestSum)
	t.Run("reduce", TestReduce)
	t.Run("vectors", TestVectorKernels)
}
