package step

import "fold.example/fold/internal/prf"

// RecursionBlinds returns the function that derives the blinding factors of a recursion
// (folding.Blinds) from a seed: 64 bytes for a label and a digest of everything that they
// hide.
func RecursionBlinds(seed prf.Seed) func(label string, digest [32]byte) [64]byte {
	return func(label string, digest [32]byte) [64]byte { return seed.Bytes("recursion", []byte(label), digest[:]) }
}
