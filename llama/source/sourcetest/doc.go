// Package sourcetest writes synthetic models of any shape to disk, for tests, in the
// formats that package source reads. Weights are pseudorandom functions of seed, tensor
// and row, so a test can compute any row again. They are exact in BF16 and F16, so all
// formats hold the same model. Files are written row by row: a model may be larger than
// the memory.
package sourcetest
