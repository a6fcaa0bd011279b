package step

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

// bump makes an element another one.
func bump(x *fr.Element) {
	one := fr.One()
	x.Add(x, &one)
}

func randomElements(n int) fr.Vector {
	v := make(fr.Vector, n)
	for i := range v {
		v[i].MustSetRandom()
	}
	return v
}
