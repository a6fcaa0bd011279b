package poly

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/transcript"
)

// A reduction turns claims on several polynomials at many points into one claim on each
// polynomial, all at one point, by a sumcheck of degree 2 for
//
//	sum_k lambda^k y_k = sum_x sum_k lambda^k eq(z_k, x) P_k(x).
//
// It binds the last RowBits variables of all polynomials first, the variables within a row.
// In these rounds claim k needs only the row P_k~(hi, .), where hi is the part of z_k
// before the last RowBits coordinates. The other variables follow, the first variable
// first. A polynomial with fewer variables than Rounds has constant round polynomials in
// between, which halve its claim in each round.

// ReduceShape is the public shape of a reduction.
type ReduceShape struct {
	Vars    []int // number of variables of each polynomial
	RowBits int   // number of variables within a row, at most the minimum of Vars
	Rounds  int   // at least the maximum of Vars
}

// PointClaim is the claim that the multilinear extension of polynomial number Poly has
// value Value at Point.
type PointClaim[E any] struct {
	Poly  int
	Point []E
	Value E
}

// Reduction holds the messages of a reduction: two elements for each round, and the
// polynomials' values at the common point.
type Reduction[E any] struct {
	Rounds Proof[E]
	Values []E
}

func checkReduce[E any](s ReduceShape, claims []PointClaim[E]) error {
	if len(s.Vars) == 0 {
		return fmt.Errorf("%w: a reduction of no polynomials", ErrShape)
	}
	for p, v := range s.Vars {
		if s.RowBits < 0 || v < s.RowBits || v > s.Rounds {
			return fmt.Errorf("%w: polynomial %d has %d variables, want %d to %d", ErrShape, p, v, s.RowBits, s.Rounds)
		}
	}
	for k, c := range claims {
		if c.Poly < 0 || c.Poly >= len(s.Vars) {
			return fmt.Errorf("%w: claim %d is on polynomial %d of %d", ErrShape, k, c.Poly, len(s.Vars))
		}
		if len(c.Point) != s.Vars[c.Poly] {
			return fmt.Errorf("%w: claim %d has a point of %d coordinates, want %d", ErrShape, k, len(c.Point),
				s.Vars[c.Poly])
		}
	}
	return nil
}

// VerifyReduce is the verifier of a reduction. The transcript must already hold every
// claimed value and everything that determines the points and the shape; VerifyReduce does
// not absorb them. It asserts that the claim after the last round equals the weighted sum
// of proof.Values. It returns the common point: polynomial p is then claimed to have the
// value proof.Values[p] at the point's last Vars[p] coordinates. The caller must absorb the
// values before it draws another challenge. The error wraps ErrShape.
func VerifyReduce[E any](
	ar arith.Arithmetic[E], tr transcript.Channel[E], s ReduceShape, claims []PointClaim[E], proof Reduction[E],
) (point []E, err error) {
	if err = checkReduce(s, claims); err != nil {
		return nil, err
	}
	if len(proof.Values) != len(s.Vars) {
		return nil, fmt.Errorf("%w: %d values, want %d", ErrShape, len(proof.Values), len(s.Vars))
	}
	weights := Powers(ar, tr.Challenge(), len(claims))
	sum := ar.Const(fr.Element{})
	for k, c := range claims {
		sum = ar.Add(sum, ar.Mul(weights[k], c.Value))
	}
	bound, value, err := Rounds(ar, tr, Shape{s.Rounds, 2}, sum, proof.Rounds)
	if err != nil {
		return nil, err
	}
	point = RowsFirst(bound, s.RowBits)
	want := ar.Const(fr.Element{})
	for k, c := range claims {
		late := ar.Const(Halves(s.Rounds - s.Vars[c.Poly]))
		share := ar.Mul(ar.Mul(weights[k], late), Eq(ar, c.Point, point[len(point)-len(c.Point):]))
		want = ar.Add(want, ar.Mul(share, proof.Values[c.Poly]))
	}
	ar.AssertEqual(value, want, "reduction: the polynomials' values")
	return point, nil
}

// RowsFirst returns a reduction's challenges in the order of the variables: the variables
// within a row are bound first, but are the last variables.
func RowsFirst[E any](bound []E, rowBits int) []E {
	return append(append([]E{}, bound[rowBits:]...), bound[:rowBits]...)
}
