package poly

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/transcript"
)

// ErrShape reports a proof with a wrong number of rounds, or a round with a wrong number of
// coefficients.
var ErrShape = errors.New("sumcheck: wrong shape")

// Proof holds the messages of a sumcheck: for each round the d coefficients (c_0, c_2, ...,
// c_d) of its polynomial.
type Proof[E any] [][]E

// Shape holds the sizes of a sumcheck. A verifier takes them from the protocol, never from
// a proof.
type Shape struct {
	Rounds int // number of variables
	Degree int // maximum degree of a round polynomial, at least 1
}

// Claim is the claim that a function of Vars variables sums to Sum over {0,1}^Vars.
type Claim[E any] struct {
	Vars int
	Sum  E
}

// check returns ErrShape if the proof does not have the shape. In a circuit the shape is
// fixed at compile time, so only a native proof can fail here.
func check[E any](s Shape, proof Proof[E]) error {
	if s.Rounds < 0 || s.Degree < 1 {
		return fmt.Errorf("%w: %d rounds of degree %d", ErrShape, s.Rounds, s.Degree)
	}
	if len(proof) != s.Rounds {
		return fmt.Errorf("%w: %d rounds, want %d", ErrShape, len(proof), s.Rounds)
	}
	for i, c := range proof {
		if len(c) != s.Degree {
			return fmt.Errorf("%w: %d coefficients in round %d, want %d", ErrShape, len(c), i, s.Degree)
		}
	}
	return nil
}

func checkBatch[E any](s Shape, claims []Claim[E], proof Proof[E]) error {
	for k, c := range claims {
		if c.Vars < 0 || c.Vars > s.Rounds {
			return fmt.Errorf("%w: claim %d has %d variables, want at most %d", ErrShape, k, c.Vars, s.Rounds)
		}
	}
	return check(s, proof)
}

// Verify is the verifier of one sumcheck (Lund, Fortnow, Karloff and Nisan 1992). It absorbs
// the shape and the sum, and returns the point (r_1, ..., r_n) and the value that the
// summed function must have at the point. The error wraps ErrShape.
//
// # Soundness
//
// Verify accepts nothing by itself: the messages leave out the coefficient that the equation
// between two rounds determines, so no round can fail. The caller must compare the value
// with the summed function at the point. If the sum is wrong, the comparison succeeds with
// probability at most Rounds*Degree / |Fr|. Without rounds the point is empty and the value
// is the sum.
func Verify[E any](
	ar arith.Arithmetic[E], tr transcript.Channel[E], s Shape, sum E, proof Proof[E],
) (point []E, value E, err error) {
	if err = check(s, proof); err != nil {
		return nil, value, err
	}
	tr.Absorb("sumcheck", small(ar, s.Rounds), small(ar, s.Degree), sum)
	point, value = verifyRounds(ar, tr, sum, proof)
	return point, value, nil
}

func verifyRounds[E any](ar arith.Arithmetic[E], tr transcript.Channel[E], sum E, proof Proof[E]) (point []E, value E) {
	value = sum
	for _, c := range proof {
		tr.Absorb("round", c...)
		r := tr.Challenge()
		value = EvalRound(ar, c, value, r)
		point = append(point, r)
	}
	return point, value
}

// EvalRound returns g(r) for the polynomial g = (c_0, c_2, ..., c_d) of a round, given
// sum = g(0) + g(1).
func EvalRound[E any](ar arith.Arithmetic[E], c []E, sum, r E) E {
	linear := ar.Sub(sum, ar.Add(c[0], c[0]))
	for _, x := range c[1:] {
		linear = ar.Sub(linear, x)
	}
	v := ar.Const(fr.Element{})
	for i := len(c) - 1; i >= 1; i-- {
		v = ar.Mul(ar.Add(v, c[i]), r)
	}
	return ar.Add(c[0], ar.Mul(r, ar.Add(linear, v)))
}

// VerifyBatch is the verifier of several sumchecks with common rounds. The error wraps
// ErrShape.
//
// # Soundness
//
// The transcript must already hold every claim and everything that determines the shape:
// VerifyBatch does not absorb them. The caller must check that
// sum_k weights[k] g_k(the last claims[k].Vars coordinates of the point) equals the value.
func VerifyBatch[E any](
	ar arith.Arithmetic[E], tr transcript.Channel[E], s Shape, claims []Claim[E], proof Proof[E],
) (point []E, value E, weights []E, err error) {
	if err = checkBatch(s, claims, proof); err != nil {
		return nil, value, nil, err
	}
	weights = Powers(ar, tr.Challenge(), len(claims))
	sum := ar.Const(fr.Element{})
	for k, c := range claims {
		sum = ar.Add(sum, ar.Mul(weights[k], c.Sum))
		weights[k] = ar.Mul(weights[k], ar.Const(Halves(s.Rounds-c.Vars)))
	}
	point, value = verifyRounds(ar, tr, sum, proof)
	return point, value, weights, nil
}

// Rounds is Verify without absorbing the shape and the sum, which the transcript must
// already determine. It serves verifiers that combine claims themselves with weights that
// they draw. The caller must compare the value with the summed function, as after Verify.
// The error wraps ErrShape.
func Rounds[E any](
	ar arith.Arithmetic[E], tr transcript.Channel[E], s Shape, sum E, proof Proof[E],
) (point []E, value E, err error) {
	if err = check(s, proof); err != nil {
		return nil, value, err
	}
	point, value = verifyRounds(ar, tr, sum, proof)
	return point, value, nil
}

// Powers returns 1, x, ..., x^(n-1).
func Powers[E any](ar arith.Arithmetic[E], x E, n int) []E {
	p := make([]E, n)
	for k := range p {
		switch k {
		case 0:
			p[k] = ar.Const(fr.One())
		case 1:
			p[k] = x
		default:
			p[k] = ar.Mul(p[k-1], x)
		}
	}
	return p
}

func small[E any](ar arith.Arithmetic[E], n int) E { return ar.Const(fr.NewElement(uint64(n))) }

// Halves returns 2^-n, the factor of a claim that joins a batch after n rounds.
func Halves(n int) fr.Element {
	z, half := fr.One(), fr.NewElement(2)
	half.Inverse(&half)
	for range n {
		z.Mul(&z, &half)
	}
	return z
}
