package spartan

import (
	"io"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/poly"
)

// The messages of the main side's last sumcheck depend on polynomials that nothing
// masks yet, those of the claims. So two random polynomials take part,
//
//	m_1(x) = sum_j a_j x_j,    m_2(x) = sum_j b_j (x_j - 2),
//
// with the claims m_1(0, ..., 0) = 0 and m_2(2, ..., 2) = 0. In round j they
// add a multiple of a_j X (1 - X) and one of b_j (3 X - 1)(X - 2) to what is sent,
// which together reach every polynomial of degree 2 with the sum 0 over {0,1}.
const maskPolys = 2

// corners are the coordinates of the two claims' points.
var corners = [maskPolys]fr.Element{{}, fr.NewElement(2)}

// maskPoly is one of the polynomials with its blind.
type maskPoly struct {
	poly.Affine
	blind fr.Element
}

// newMaskPoly draws the polynomial of vars variables that is zero at (corner, ...).
func newMaskPoly(vars int, corner fr.Element, random io.Reader) (*maskPoly, error) {
	drawn, err := curve.Fr.DrawVector(random, vars+1)
	if err != nil {
		return nil, err
	}
	m := &maskPoly{Affine: poly.Affine{Slopes: drawn[:vars]}, blind: drawn[vars]}
	for i := range m.Slopes {
		m.Constant = curve.Fr.Sub(m.Constant, curve.Fr.Mul(corner, m.Slopes[i]))
	}
	return m, nil
}

// newMaskPolys draws both polynomials and puts their commitments into the proof.
func (k *ProverKey) newMaskPolys(vars int, proof *Proof, random io.Reader) (out []*maskPoly, err error) {
	for i, corner := range corners {
		m, err := newMaskPoly(vars, corner, random)
		if err != nil {
			return nil, err
		}
		if proof.main.maskPolys[i], err = k.opener.CommitAffine(m.Affine, &m.blind); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return
}

// maskPolyClaims are the claims on the two commitments: each is zero at its corner.
func maskPolyClaims[E, C any](s *side[E, C], vars int, commitments [maskPolys]C) (out []claim[E]) {
	for i, c := range commitments {
		corner := make([]E, vars)
		for j := range corner {
			corner[j] = s.ar.Const(corners[i])
		}
		out = append(out, s.evaluation(s.commit(c), corner, s.zero()))
	}
	return
}

// affineSum is the summand eq((corner, ...), x) m(x) of a masking polynomial: no table.
type affineSum struct {
	corner fr.Element
	slopes []fr.Element // of the variables that are left
	value  fr.Element   // m at the challenges and, from there on, the corner
	prefix fr.Element   // eq over the challenges
}

func newAffineSum(m *maskPoly, corner fr.Element) *affineSum {
	return &affineSum{corner: corner, slopes: m.Slopes, prefix: curve.Fr.One}
}

// Round returns prefix ((1-c) + (2c-1) X) (value - c slope + slope X).
func (s *affineSum) Round() []fr.Element {
	f, slope := curve.Fr, s.slopes[0]
	constant := f.Sub(s.value, f.Mul(s.corner, slope))
	low := f.Mul(s.prefix, f.Sub(f.One, s.corner))
	rise := f.Mul(s.prefix, f.Sub(f.Add(s.corner, s.corner), f.One))
	return []fr.Element{f.Mul(low, constant), f.Add(f.Mul(low, slope), f.Mul(rise, constant)), f.Mul(rise, slope)}
}

func (s *affineSum) Bind(r *fr.Element) {
	f := curve.Fr
	s.value = f.Add(s.value, f.Mul(s.slopes[0], f.Sub(*r, s.corner)))
	s.prefix = f.Mul(s.prefix, f.Eq1(s.corner, *r))
	s.slopes = s.slopes[1:]
}
