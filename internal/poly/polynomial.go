package poly

import (
	"math/bits"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Polynomial is a multilinear polynomial given by its 2^NumVars values on the
// hypercube, first variable = highest bit of the index. It is read in pieces, so that it
// need not be in memory as field elements.
type Polynomial interface {
	NumVars() int
	// AddScaled adds c·w[at+i] to dst[i] for every i; at+len(dst) is at most
	// 2^NumVars. It is called from several goroutines at once.
	AddScaled(dst fr.Vector, at int, c *fr.Element)
}

// Dense is a polynomial of full-size elements. Its length is a power of two.
type Dense fr.Vector

// NumVars returns the binary logarithm of the length, -1 if it is not a power of
// two: then no claim fits.
func (d Dense) NumVars() int {
	if n := len(d); n == 0 || n&(n-1) != 0 {
		return -1
	}
	return bits.Len(uint(len(d))) - 1
}

// AddScaled implements Polynomial.
func (d Dense) AddScaled(dst fr.Vector, at int, c *fr.Element) {
	src := fr.Vector(d[at : at+len(dst)])
	if c.IsOne() {
		dst.Add(dst, src)
		return
	}
	var tmp [256]fr.Element // 8 KiB: stays in the first-level cache
	for lo := 0; lo < len(dst); lo += len(tmp) {
		hi := min(lo+len(tmp), len(dst))
		t := fr.Vector(tmp[:hi-lo])
		t.ScalarMul(src[lo:hi], c)
		part := dst[lo:hi]
		part.Add(part, t)
	}
}
