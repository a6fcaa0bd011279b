// Package arithtest provides field elements for the tests of several packages.
package arithtest

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

// Bump adds 1 to an element.
func Bump(x *fr.Element) {
	one := fr.One()
	x.Add(x, &one)
}

// RandomElements returns n uniformly random elements.
func RandomElements(n int) fr.Vector {
	v := make(fr.Vector, n)
	for i := range v {
		v[i].MustSetRandom()
	}
	return v
}
