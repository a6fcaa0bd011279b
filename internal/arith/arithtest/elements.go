package arithtest

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

// Bump makes an element another one.
func Bump(x *fr.Element) {
	one := fr.One()
	x.Add(x, &one)
}

func RandomElements(n int) fr.Vector {
	v := make(fr.Vector, n)
	for i := range v {
		v[i].MustSetRandom()
	}
	return v
}
