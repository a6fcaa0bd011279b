package mercury

import (
	"math/bits"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/internal/poly"
)

// shape is the matrix that 2^n coefficients are laid out in: coefficient
// hi·cols + lo stands in row hi and column lo, so f(X) = Σ_hi X^(cols·hi) F_hi(X).
type shape struct{ n, split, rows, cols int }

// newShape gives the columns the odd variable: g is then the longer vector and
// every other one fits beside it.
func newShape(n int) shape {
	split := (n + 1) / 2
	return shape{n, split, 1 << (n - split), 1 << split}
}

// halves cuts a point into the coordinates of the row and of the column index.
func (s shape) halves(z []fr.Element) (rows, cols []fr.Element) {
	return z[:s.n-s.split], z[s.n-s.split:]
}

// combination is f* = m + Σ_i c_i f_i, row by row: the mask and the scaled
// polynomials, each zero above its own length.
type combination struct {
	shape
	mask  *mask
	polys []poly.Polynomial
	coeff []fr.Element
}

// read fills dst, a whole number of rows, with the rows from first on.
func (f *combination) read(dst fr.Vector, first int) {
	kernel.For(len(dst)/f.cols, rowGrain(f.cols), func(lo, hi int) {
		for row := lo; row < hi; row++ {
			f.row(dst[row*f.cols:(row+1)*f.cols], first+row)
		}
	})
}

func (f *combination) row(dst fr.Vector, row int) {
	f.mask.row(dst, row)
	at := row * f.cols
	for i, p := range f.polys {
		if live := min(1<<p.NumVars()-at, f.cols); live > 0 {
			p.AddScaled(dst[:live], at, &f.coeff[i])
		}
	}
}

// rowGrain is the number of rows that make a piece worth a goroutine.
func rowGrain(cols int) int { return max(1, 1<<13/cols) }

func log2(n int) int { return bits.Len(uint(n)) - 1 }
