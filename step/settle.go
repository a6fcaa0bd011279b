package step

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/arith"
	"fold/internal/commit"
	"fold/internal/commit/mercury"
	"fold/internal/poly"
	"fold/internal/transcript"
)

// The settlement proves all claims of a run on the model's weights at once.
//
// Notation: M_m is tensor m in the layout's index (block, row, column), y its
// (block, row) of h_m bits and x the column of c bits; claim k is on tensor m_k at
// (u_k, z_k), u_k over y and z_k over x, and has value v_k. H = max h_m.
//
//  1. The claim chain is frozen; rho is drawn from it.
//  2. T = sum_k rho^k v_k = sum_m sum_(y,x) M_m(y,x) E_m(y,x) with
//     E_m = sum_(k on m) rho^k eq(u_k, y) eq(z_k, x). A sumcheck binds the c
//     variables of x, which gives s_x, and a second the H of y, which gives s_y. In
//     the second a tensor with h_m < H enters unscaled and joins late, so that its
//     part counts 2^-(H-h_m) at the last h_m coordinates of s_y.
//  3. The prover names the values omega of all segments at the point s: the last
//     coordinates of s_y that a segment has, and s_x. Two chains absorb them in
//     the model's order, that of the embedding and the blocks, and the head's.
//  4. mu is drawn.
//  5. The last value of the sumchecks must be
//     sum_m 2^-(H-h_m) sum_(k on m) rho^k eq(z_k, s_x) eq(u_k, s_y)
//     times sum_seg eq(seg, s_y) omega_(m,seg).
//  6. One opening at s: of sum_i mu^i C_i over all segments i, with the value
//     sum_i mu^i omega_i, a segment that is smaller than the largest being lifted
//     with eq(0, the coordinates it lacks).
//
// rho is drawn after the claims are fixed, omega is named after s and before mu:
// each of the three equations is one of polynomials of low degree at a point that
// its coefficients precede.
//
// The order of binding lets the prover read the weights three times whatever the
// number of claims: e_k^T M for all claims of a matrix (once for every
// claimsAtOnce of them), M~(., s_x), and the combination that is opened. Binding
// rows first would need the product of M with a vector for each claim's column
// point as well as one for each row point.

// Settlement is the proof. Omegas are in the model's order.
type Settlement struct {
	Columns poly.Proof[fr.Element]
	Rows    poly.Proof[fr.Element]
	Omegas  fr.Vector
	Opening *mercury.Proof
}

const settlementDomain = "fold settlement v2"

// settlement is what prover and verifier derive from model and claims alone.
type settlement struct {
	layout  Layout
	tensors []settled
	claims  []placed
	outer   int // H
	powers  []fr.Element
	total   fr.Element
	tr      *transcript.Native
	id      *ModelID
}

// newSettlement places the claims that a chain binds (Protocol.settled) and draws rho
// from it.
func newSettlement(tr *transcript.Native, c *ModelCommitment, claims []WeightClaim, chain fr.Element) (*settlement, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	shape, err := c.Description.shape()
	if err != nil {
		return nil, err
	}
	s := &settlement{layout: c.Layout, tensors: shape.settledTensors(c.Layout), tr: tr}
	if s.id, err = c.ID(); err != nil {
		return nil, err
	}
	if s.claims, err = placeClaims(c.Layout, s.tensors, claims); err != nil {
		return nil, err
	}
	s.outer = s.outerMax()
	s.tr.Absorb("claims", s.id.ID, chain, fr.NewElement(uint64(len(s.claims))))
	s.powers = poly.Powers[fr.Element](new(arith.Native), s.tr.Challenge(), len(s.claims))
	for i := range s.claims {
		var v fr.Element
		s.total.Add(&s.total, v.Mul(&s.powers[i], &s.claims[i].value))
	}
	return s, nil
}

// outerBits is h_m.
func (s *settlement) outerBits(tensor int) int {
	return s.tensors[tensor].vars() - s.layout.ColumnBits
}

// outerMax is H.
func (s *settlement) outerMax() (h int) {
	for i := range s.tensors {
		h = max(h, s.outerBits(i))
	}
	return h
}

// segmentCount is the number of segments of the model.
func (s *settlement) segmentCount() int {
	last := &s.tensors[len(s.tensors)-1]
	return last.segment + last.segments(s.layout)
}

// point is the point of the opening: as many of the last coordinates of s_y as the
// largest segment has, then s_x.
func (s *settlement) point(sy, sx []fr.Element) []fr.Element {
	rows := min(s.layout.SegmentBits-s.layout.ColumnBits, s.outer)
	return append(append([]fr.Element{}, sy[len(sy)-rows:]...), sx...)
}

// combine absorbs the chains of the omegas and draws mu, the last challenge
// before the opening.
func (s *settlement) combine(omegas fr.Vector) (mu fr.Element) {
	b := nativeBackend()
	body, head := emptyChain(b, omegaChain), emptyChain(b, omegaChain)
	first := s.tensors[len(s.tensors)-1].segment // of the head, the last tensor
	for i := range omegas {
		if i < first {
			body = extendChain(b, omegaChain, body, omegas[i])
		} else {
			head = extendChain(b, omegaChain, head, omegas[i])
		}
	}
	s.tr.Absorb("omegas", body, head)
	return s.tr.Challenge()
}

// expected is the last value of the sumchecks by the omegas, at s.
func (s *settlement) expected(sy, sx []fr.Element, omegas fr.Vector) (sum fr.Element) {
	ar := new(arith.Native)
	weights := make([]fr.Element, len(s.tensors))
	for k, c := range s.claims {
		w := poly.Eq[fr.Element](ar, c.column, sx)
		o := poly.Eq[fr.Element](ar, c.outer, sy[len(sy)-len(c.outer):])
		w.Mul(&w, &o).Mul(&w, &s.powers[k])
		weights[c.tensor].Add(&weights[c.tensor], &w)
	}
	for i := range s.tensors {
		t := &s.tensors[i]
		h := s.outerBits(i)
		high := t.vars() - t.segmentVars(s.layout) // variables that number the segments
		value := poly.Eval(omegas[t.segment:t.segment+1<<high], sy[len(sy)-h:][:high])
		value.Mul(&value, &weights[i])
		for range s.outer - h {
			value.Halve()
		}
		sum.Add(&sum, &value)
	}
	return sum
}

// opened is the value and, from the commitments, the point that are opened.
func (s *settlement) opened(mu fr.Element, point []fr.Element, omegas fr.Vector) (value fr.Element) {
	ar := new(arith.Native)
	for i := len(s.tensors) - 1; i >= 0; i-- {
		t := &s.tensors[i]
		lift := poly.EqBits[fr.Element](ar, 0, point[:len(point)-t.segmentVars(s.layout)])
		for j := t.segments(s.layout) - 1; j >= 0; j-- {
			var v fr.Element
			v.Mul(&lift, &omegas[t.segment+j])
			value.Mul(&value, &mu).Add(&value, &v)
		}
	}
	return value
}

// combination is sum_i mu^i C_i over all segments.
func (c *ModelCommitment) combination(mu fr.Element) (bn254.G1Affine, error) {
	var points []bn254.G1Affine
	for i := range c.Records {
		for _, tensor := range c.Records[i].Commitments {
			points = append(points, tensor...)
		}
	}
	return commit.MSM(points, poly.Powers[fr.Element](new(arith.Native), mu, len(points)))
}

// VerifySettlement checks that all claims of a log hold for the protocol's committed
// model. chain is the claim chain that the run ended with: the log must have it, and
// what is settled is what the chain binds. Errors wrap ErrSettlement if the proof or
// the log is at fault.
func VerifySettlement(vk *mercury.VerifierKey, p *Protocol, g *ClaimLog, chain fr.Element, proof *Settlement) error {
	claims, err := p.settled(g, chain)
	if err != nil {
		return err
	}
	return verifySettlement(transcript.New(settlementDomain), vk, p.Model, claims, chain, proof)
}

func verifySettlement(tr *transcript.Native, vk *mercury.VerifierKey, c *ModelCommitment, claims []WeightClaim, chain fr.Element, p *Settlement) error {
	s, err := newSettlement(tr, c, claims, chain)
	if err != nil {
		return err
	}
	if n := s.segmentCount(); len(p.Omegas) != n || p.Opening == nil {
		return fmt.Errorf("%w: %d values of segments, expected %d and an opening", ErrSettlement, len(p.Omegas), n)
	}
	ar := new(arith.Native)
	sx, value, err := poly.Verify[fr.Element](ar, s.tr, poly.Shape{Rounds: s.layout.ColumnBits, Degree: 2}, s.total, p.Columns)
	if err != nil {
		return fmt.Errorf("%w: columns: %w", ErrSettlement, err)
	}
	sy, value, err := poly.Verify[fr.Element](ar, s.tr, poly.Shape{Rounds: s.outer, Degree: 2}, value, p.Rows)
	if err != nil {
		return fmt.Errorf("%w: rows: %w", ErrSettlement, err)
	}
	mu := s.combine(p.Omegas)
	if want := s.expected(sy, sx, p.Omegas); !want.Equal(&value) {
		return fmt.Errorf("%w: the claims do not add up to the segments' values", ErrSettlement)
	}
	point := s.point(sy, sx)
	commitment, err := c.combination(mu)
	if err != nil {
		return err
	}
	claim := mercury.Claim{Commitment: commitment, NumVars: len(point), Value: s.opened(mu, point, p.Omegas)}
	if err := mercury.Verify(vk, s.tr, point, []mercury.Claim{claim}, p.Opening); err != nil {
		return fmt.Errorf("%w: %w", ErrSettlement, err)
	}
	return nil
}
