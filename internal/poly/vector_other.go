//go:build !amd64

package poly

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

// innerProduct returns sum_k a[k] b[k]; the lengths are equal.
func innerProduct(a, b fr.Vector) fr.Element { return a.InnerProduct(b) }

// multiply sets dst to a b, element by element; dst may be a or b.
func multiply(dst, a, b fr.Vector) { dst.Mul(a, b) }

// newLine prepares r.
func newLine(r *fr.Element) *line { return &line{r: *r} }

// lerp sets dst to (1-r) x + r y; dst may be x, y may be tmp.
func (l *line) lerp(dst, x, y, tmp fr.Vector) { l.portable(dst, x, y, tmp) }
