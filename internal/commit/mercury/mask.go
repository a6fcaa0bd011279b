package mercury

import (
	"fmt"
	"io"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/curve"
)

// mask is the random polynomial that is added to what is opened:
//
//	m[hi, lo] = a_hi + c_lo + (e at hi = lo = 0),
//
// rows + cols + 1 random elements instead of rows·cols. The package
// documentation shows that it hides as well as a full random polynomial; its
// commitment costs two additions a key point, and those depend on the key alone.
type mask struct {
	a, c  fr.Vector
	e     fr.Element
	blind fr.Element
}

func newMask(s shape, random io.Reader) (*mask, error) {
	drawn, err := curve.Fr.DrawVector(random, s.rows+s.cols+2)
	if err != nil {
		return nil, fmt.Errorf("mercury: drawing the mask: %w", err)
	}
	return &mask{
		a:     drawn[:s.rows],
		c:     drawn[s.rows : s.rows+s.cols],
		e:     drawn[s.rows+s.cols],
		blind: drawn[s.rows+s.cols+1],
	}, nil
}

// row sets dst to a row of the mask.
func (m *mask) row(dst fr.Vector, row int) {
	for lo := range dst {
		dst[lo].Add(&m.c[lo], &m.a[row])
	}
	if row == 0 {
		dst[0].Add(&dst[0], &m.e)
	}
}

// eval returns m~(z) from the eq tables of the two halves of z. Each of them
// sums to one, so a constant row or column weighs itself.
func (m *mask) eval(eqRows, eqCols fr.Vector) fr.Element {
	v := m.a.InnerProduct(eqRows)
	w := m.c.InnerProduct(eqCols)
	v.Add(&v, &w)
	w.Mul(&eqRows[0], &eqCols[0]).Mul(&w, &m.e)
	v.Add(&v, &w)
	return v
}

// commit returns Σ_hi a_hi R_hi + Σ_lo c_lo K_lo + e G + blind H, where R and K
// are the sums of the key's rows and columns.
func (m *mask) commit(pk *ProverKey, sums *keySums) bn254.G1Affine {
	points := make([]bn254.G1Affine, 0, len(m.a)+len(m.c)+2)
	points = append(append(points, sums.rows...), sums.cols...)
	points = append(points, pk.vk.g, pk.vk.h)
	scalars := make(fr.Vector, 0, len(points))
	scalars = append(append(scalars, m.a...), m.c...)
	scalars = append(scalars, m.e, m.blind)
	return sum(points, scalars)
}
