package poly

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/transcript"
)

// Claims on several polynomials at many points become one claim on each, all at
// one point, by a sumcheck of degree 2 of
//
//	sum_k lambda^k y_k = sum_x sum_k lambda^k eq(z_k, x) P_k(x).
//
// It binds the last RowBits variables of all polynomials first, those within a
// row: until then claim k is no more than the row P_k~(z_k's first part, .). The
// other variables follow from the first on. A polynomial of fewer variables
// than the largest idles in between, which halves its share in each round.

// ReduceShape is what the verifier knows of a reduction.
type ReduceShape struct {
	Vars    []int // of each polynomial
	RowBits int   // variables within a row, at most the least of Vars
	Rounds  int   // at least the largest of Vars
}

// PointClaim is the statement that polynomial number Poly has Value at Point.
type PointClaim[E any] struct {
	Poly  int
	Point []E
	Value E
}

// Reduction is the messages of a reduction: the rounds, two elements each, and
// the polynomials' values at the common point.
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

// VerifyReduce is the verifier of a reduction. The transcript must already hold
// every claimed value, and whatever decides the points and the shape: they are not
// absorbed again. It returns the common point; polynomial p is now claimed to have
// the value proof.Values[p] at the last Vars[p] coordinates of it, which the caller
// absorbs before it draws anything more. That the rounds end where the values say
// is asserted.
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

// RowsFirst puts a reduction's challenges in the order of variables: those within a
// row were drawn first and are the last variables.
func RowsFirst[E any](bound []E, rowBits int) []E {
	return append(append([]E{}, bound[rowBits:]...), bound[:rowBits]...)
}
