package ipa

import fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

// tensor returns scale·⊗_j (1, x_j): entry i is the product of the x_j whose bit
// of i is one, x_0 belonging to the highest bit. It is what repeated folding makes
// of the generators, without touching a point.
func tensor(x fq.Vector, scale *fq.Element) fq.Vector {
	s := make(fq.Vector, 1<<len(x))
	s[0] = *scale
	for j, n := len(x)-1, 1; j >= 0; j, n = j-1, 2*n {
		hi := s[n : 2*n]
		hi.ScalarMul(s[:n], &x[j])
	}
	return s
}

// fold replaces v by its lower half plus c times its upper half.
func fold(v fq.Vector, c *fq.Element) fq.Vector {
	lo, hi := v[:len(v)/2], v[len(v)/2:]
	hi.ScalarMul(hi, c)
	lo.Add(lo, hi)
	return lo
}
