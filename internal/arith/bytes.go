package arith

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

// Bytes returns the concatenation of the canonical encodings of elements.
func Bytes(v ...fr.Element) []byte {
	var b []byte
	for i := range v {
		e := v[i].Bytes()
		b = append(b, e[:]...)
	}
	return b
}
