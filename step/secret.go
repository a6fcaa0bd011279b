package step

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/prf"
)

// stepBlind is the blind of a step's commitment: of a name, in a statement, to cells with a
// digest, and without the blind this.
func stepBlind(s prf.Seed, name string, statement fr.Element, cells []byte, of [32]byte) fr.Element {
	return s.Blind("step v2", []byte(name), bytesOf(statement), cells, of[:])
}

// bytesOf is the concatenation of the canonical bytes of elements.
func bytesOf(v ...fr.Element) []byte {
	var b []byte
	for i := range v {
		e := v[i].Bytes()
		b = append(b, e[:]...)
	}
	return b
}

// RecursionBlinds returns 64 bytes for a label and a digest of all that they hide: the
// blinds of a recursion (folding.Blinds).
func RecursionBlinds(seed prf.Seed) func(label string, digest [32]byte) [64]byte {
	return func(label string, digest [32]byte) [64]byte { return seed.Bytes("recursion", []byte(label), digest[:]) }
}
