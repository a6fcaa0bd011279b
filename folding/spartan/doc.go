// Package spartan is the argument that ends a run: one short proof, in zero
// knowledge, that a running instance on each curve of the cycle is satisfied and
// that polynomials committed to on BN254 have given values.
package spartan
