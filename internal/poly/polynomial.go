package poly

import (
	"math/bits"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Polynomial is a multilinear polynomial given by its 2^NumVars values on the hypercube.
// The first variable is the most significant bit of the index. Readers request it in
// pieces, so it need not be in memory as field elements.
type Polynomial interface {
	NumVars() int
	// AddScaled adds c·w[at+i] to dst[i] for every i, where w are the values. at+len(dst) is
	// at most 2^NumVars. It is called concurrently.
	AddScaled(dst fr.Vector, at int, c *fr.Element)
}

// Dense is a polynomial given by field elements. Its length is a power of two.
type Dense fr.Vector

// NumVars returns log2 of the length, or -1 if the length is not a power of two; then no
// claim fits.
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
	var tmp [256]fr.Element // 8 KiB, which stays in the L1 cache
	for lo := 0; lo < len(dst); lo += len(tmp) {
		hi := min(lo+len(tmp), len(dst))
		t := fr.Vector(tmp[:hi-lo])
		t.ScalarMul(src[lo:hi], c)
		part := dst[lo:hi]
		part.Add(part, t)
	}
}
