// Package sourcetest writes synthetic models of any shape to disk, in the formats
// that package source reads, for tests of what comes after. Weights are random
// but a function of seed, tensor and row, so that a test can ask for any row
// again, and exact in BF16 and F16, so that all formats hold the same model.
// Files are written row by row: a model may be larger than the memory.
package sourcetest
