package spartan

import (
	"io"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/commit/mercury"
	"fold/internal/transcript"
)

// The messages of the main half's last sumcheck depend on polynomials that nothing
// masks yet, those of the claims. So two random polynomials take part,
//
//	m_1(x) = sum_j a_j x_j,    m_2(x) = sum_j b_j (x_j - 2),
//
// with the claims m_1(0, ..., 0) = 0 and m_2(2, ..., 2) = 0. In round j they
// add a multiple of a_j X (1 - X) and one of b_j (3 X - 1)(X - 2) to what is sent,
// which together reach every polynomial of degree 2 with the sum 0 over {0,1}.
const concealers = 2

// corners are the coordinates of the two claims' points.
var corners = [concealers]fr.Element{{}, fr.NewElement(2)}

// concealer is one of the polynomials with its blind.
type concealer struct {
	mercury.Affine
	blind fr.Element
}

// newConcealer draws the polynomial of vars variables that is zero at (corner, ...).
func newConcealer(vars int, corner fr.Element, random io.Reader) (*concealer, error) {
	drawn, err := frField.drawVector(random, vars+1)
	if err != nil {
		return nil, err
	}
	m := &concealer{Affine: mercury.Affine{Slopes: drawn[:vars]}, blind: drawn[vars]}
	for i := range m.Slopes {
		m.Constant = frField.sub(m.Constant, frField.mul(corner, m.Slopes[i]))
	}
	return m, nil
}

// newConcealers draws both polynomials and puts their commitments into the proof.
func (k *ProverKey) newConcealers(vars int, proof *Proof, random io.Reader) (out []*concealer, err error) {
	for i, corner := range corners {
		m, err := newConcealer(vars, corner, random)
		if err != nil {
			return nil, err
		}
		if proof.concealers[i], err = k.mercury.CommitAffine(m.Affine, &m.blind); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return
}

// absorbConcealers absorbs the commitments, the last of the main half, and draws the
// point that claims of fewer variables are lifted with.
func absorbConcealers(tr *transcript.Native, proof *Proof, vars int) []fr.Element {
	transcript.AbsorbPoints(tr, "concealers", proof.concealers[:]...)
	return bn254Curve.challenges(tr, vars)
}

// concealerClaims are the claims on the two commitments.
func concealerClaims(h *mainHalf, vars int, commitments [concealers]bn254.G1Affine) (out []claim[fr.Element]) {
	for i, c := range commitments {
		corner := make([]fr.Element, vars)
		for j := range corner {
			corner[j] = corners[i]
		}
		out = append(out, h.evaluation(h.commit(c), corner, frField.zero))
	}
	return
}

// affineSum is the summand eq((corner, ...), x) m(x) of a concealer: no table.
type affineSum struct {
	corner fr.Element
	slopes []fr.Element // of the variables that are left
	value  fr.Element   // m at the challenges and, from there on, the corner
	prefix fr.Element   // eq over the challenges
}

func newAffineSum(m *concealer, corner fr.Element) *affineSum {
	return &affineSum{corner: corner, slopes: m.Slopes, prefix: frField.one}
}

// Round returns prefix ((1-c) + (2c-1) X) (value - c slope + slope X).
func (s *affineSum) Round() []fr.Element {
	f, slope := frField, s.slopes[0]
	constant := f.sub(s.value, f.mul(s.corner, slope))
	low := f.mul(s.prefix, f.sub(f.one, s.corner))
	rise := f.mul(s.prefix, f.sub(f.add(s.corner, s.corner), f.one))
	return []fr.Element{f.mul(low, constant), f.add(f.mul(low, slope), f.mul(rise, constant)), f.mul(rise, slope)}
}

func (s *affineSum) Bind(r *fr.Element) {
	f := frField
	s.value = f.add(s.value, f.mul(s.slopes[0], f.sub(*r, s.corner)))
	s.prefix = f.mul(s.prefix, f.eq1(s.corner, *r))
	s.slopes = s.slopes[1:]
}
