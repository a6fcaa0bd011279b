package poly

import (
	"math/bits"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Affine is the polynomial Constant + Σ_j Slopes[j] x_j. With random slopes it masks the
// messages of a sumcheck.
type Affine struct {
	Constant fr.Element
	Slopes   []fr.Element
}

// Values returns the 2^NumVars values.
func (a Affine) Values() fr.Vector { return affineTable(a.Constant, a.Slopes) }

// NumVars returns the number of slopes.
func (a Affine) NumVars() int { return len(a.Slopes) }

// AddScaled implements Polynomial.
func (a Affine) AddScaled(dst fr.Vector, at int, c *fr.Element) {
	scaled := Affine{Slopes: make([]fr.Element, len(a.Slopes))}
	scaled.Constant.Mul(&a.Constant, c)
	for i := range a.Slopes {
		scaled.Slopes[i].Mul(&a.Slopes[i], c)
	}
	low := min(max(0, bits.Len(uint(len(dst)))-1), affineBits, len(a.Slopes))
	cut := len(a.Slopes) - low
	table := affineTable(fr.Element{}, scaled.Slopes[cut:])
	var t fr.Element
	for len(dst) > 0 {
		high := scaled.Constant
		for j := range cut {
			if at>>(len(a.Slopes)-1-j)&1 == 1 {
				high.Add(&high, &scaled.Slopes[j])
			}
		}
		values := table[at&(len(table)-1):]
		n := min(len(values), len(dst))
		for i := range n {
			t.Add(&values[i], &high)
			dst[i].Add(&dst[i], &t)
		}
		dst, at = dst[n:], at+n
	}
}

// affineBits is the number of variables of the table that AddScaled computes.
const affineBits = 10

// affineTable returns constant + Σ_j slopes[j] x_j over the cube.
func affineTable(constant fr.Element, slopes []fr.Element) fr.Vector {
	t := make(fr.Vector, 1<<len(slopes))
	t[0] = constant
	for n, j := 1, len(slopes)-1; j >= 0; n, j = 2*n, j-1 {
		for i := range n {
			t[n+i].Add(&t[i], &slopes[j])
		}
	}
	return t
}
