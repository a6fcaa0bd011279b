package poly

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

// maxIntBits is the maximum bit length of a product that is computed in an int64.
const maxIntBits = 62

// intProduct writes prod_f x_f[k] to tmp and returns it.
func intProduct(f []int, x [][]int64, tmp []int64) []int64 {
	if len(f) == 1 {
		return x[f[0]]
	}
	a, b := x[f[0]], x[f[1]]
	tmp = tmp[:len(a)]
	for k, v := range a {
		tmp[k] = v * b[k]
	}
	for _, g := range f[2:] {
		for k, v := range x[g] {
			tmp[k] *= v
		}
	}
	return tmp
}

// sumInts returns the sum of the values as a field element. The high and low 32 bits of the
// values are summed separately, so that no sum overflows.
func sumInts(v []int64) (z fr.Element) {
	var hi int64
	var lo uint64
	for _, x := range v {
		hi += x >> 32
		lo += uint64(uint32(x))
	}
	var t fr.Element
	z.SetInt64(hi)
	t.SetUint64(1 << 32)
	z.Mul(&z, &t)
	t.SetUint64(lo)
	z.Add(&z, &t)
	return
}

// evaluateInts is evaluate for terms on columns of small integers.
func evaluateInts(terms []Term, x [][]int64, e, tmp fr.Vector, itmp []int64) (sum fr.Element) {
	for i := range terms {
		p := intProduct(terms[i].Factors, x, itmp)
		var v fr.Element
		if e == nil {
			v = sumInts(p)
		} else {
			raw := tmp[:len(p)]
			for k, y := range p {
				rawInt(&raw[k], y)
			}
			v = innerProduct(raw, e)
			v.Mul(&v, &montgomery)
		}
		v.Mul(&v, &terms[i].Coef)
		sum.Add(&sum, &v)
	}
	return
}
