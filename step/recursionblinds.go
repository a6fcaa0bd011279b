package step

import "fold.example/fold/internal/prf"

// RecursionBlinds returns 64 bytes for a label and a digest of all that they hide: the
// blinds of a recursion (folding.Blinds).
func RecursionBlinds(seed prf.Seed) func(label string, digest [32]byte) [64]byte {
	return func(label string, digest [32]byte) [64]byte { return seed.Bytes("recursion", []byte(label), digest[:]) }
}
