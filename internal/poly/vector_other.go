//go:build !amd64

package poly

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

// innerProduct returns sum_k a[k] b[k]. The lengths are equal.
func innerProduct(a, b fr.Vector) fr.Element { return a.InnerProduct(b) }

// multiply sets dst[k] = a[k] b[k]. dst may alias a or b.
func multiply(dst, a, b fr.Vector) { dst.Mul(a, b) }

// newLine returns the line for the challenge r.
func newLine(r *fr.Element) *line { return &line{r: *r} }

// lerp sets dst to (1-r) x + r y. dst may alias x, and y may alias tmp.
func (l *line) lerp(dst, x, y, tmp fr.Vector) { l.portable(dst, x, y, tmp) }
