package poly

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/arith"
	"fold/internal/transcript"
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

// rounds returns the number of rounds, the largest number of variables.
func (s ReduceShape) rounds() (n int) {
	for _, v := range s.Vars {
		n = max(n, v)
	}
	return
}

func checkReduce[E any](s ReduceShape, claims []PointClaim[E]) error {
	if len(s.Vars) == 0 {
		return fmt.Errorf("%w: a reduction of no polynomials", ErrShape)
	}
	for p, v := range s.Vars {
		if s.RowBits < 0 || v < s.RowBits {
			return fmt.Errorf("%w: polynomial %d has %d variables, rows have %d", ErrShape, p, v, s.RowBits)
		}
	}
	for k, c := range claims {
		if c.Poly < 0 || c.Poly >= len(s.Vars) {
			return fmt.Errorf("%w: claim %d is on polynomial %d of %d", ErrShape, k, c.Poly, len(s.Vars))
		}
		if len(c.Point) != s.Vars[c.Poly] {
			return fmt.Errorf("%w: claim %d has a point of %d coordinates, want %d", ErrShape, k, len(c.Point), s.Vars[c.Poly])
		}
	}
	return nil
}

// startReduce absorbs the shape and returns the powers of lambda.
func startReduce[E any](ar arith.Arithmetic[E], tr *transcript.Transcript[E], s ReduceShape, claims []PointClaim[E]) []E {
	shape := []fr.Element{fr.NewElement(uint64(s.RowBits)), fr.NewElement(uint64(len(s.Vars)))}
	for _, v := range s.Vars {
		shape = append(shape, fr.NewElement(uint64(v)))
	}
	for _, c := range claims {
		shape = append(shape, fr.NewElement(uint64(c.Poly)))
	}
	tr.Absorb("reduce", ar.Const(transcript.HashNative("shape", shape...)))
	return Powers(ar, tr.Challenge(), len(claims))
}

// VerifyReduce is the verifier of a reduction. The transcript must already hold
// every claimed value, and whatever decides the points: they are not absorbed
// again. It returns the common point; polynomial p is now claimed to have the
// value proof.Values[p] at the last Vars[p] coordinates of it, and the values
// are absorbed. That the rounds end where the values say is asserted.
func VerifyReduce[E any](ar arith.Arithmetic[E], tr *transcript.Transcript[E], s ReduceShape, claims []PointClaim[E], proof Reduction[E]) (point []E, err error) {
	point, value, weights, err := ReduceRounds(ar, tr, s, claims, proof)
	if err != nil {
		return nil, err
	}
	want := ar.Const(fr.Element{})
	for k, c := range claims {
		eq := ar.Mul(Eq(ar, c.Point, point[len(point)-len(c.Point):]), weights[k])
		want = ar.Add(want, ar.Mul(eq, proof.Values[c.Poly]))
	}
	ar.AssertEqual(value, want, "reduction: the polynomials' values")
	return point, nil
}

// ReduceRounds is VerifyReduce without its last check, for a verifier that
// knows more about the points. Claim k's share of the final value is
// weights[k] eq(claim k's point, the last coordinates of point) times the value
// of its polynomial; the caller asserts that these add up to value.
func ReduceRounds[E any](ar arith.Arithmetic[E], tr *transcript.Transcript[E], s ReduceShape, claims []PointClaim[E], proof Reduction[E]) (point []E, value E, weights []E, err error) {
	if err = checkReduce(s, claims); err != nil {
		return nil, value, nil, err
	}
	if err = check(Shape{s.rounds(), 2}, proof.Rounds); err != nil {
		return nil, value, nil, err
	}
	if len(proof.Values) != len(s.Vars) {
		return nil, value, nil, fmt.Errorf("%w: %d values, want %d", ErrShape, len(proof.Values), len(s.Vars))
	}
	weights = startReduce(ar, tr, s, claims)
	sum := ar.Const(fr.Element{})
	for k, c := range claims {
		sum = ar.Add(sum, ar.Mul(weights[k], c.Value))
		weights[k] = ar.Mul(weights[k], ar.Const(halves(s.rounds()-s.Vars[c.Poly])))
	}
	bound, value := verifyRounds(ar, tr, sum, proof.Rounds)
	point = rowsFirst(bound, s.RowBits)
	tr.Absorb("values", proof.Values...)
	return point, value, weights, nil
}

// rowsFirst puts challenges in the order of variables: those within a row were
// drawn first and are the last variables.
func rowsFirst[E any](bound []E, rowBits int) []E {
	return append(append([]E{}, bound[rowBits:]...), bound[:rowBits]...)
}
