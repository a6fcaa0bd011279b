package poly

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/arith"
	"fold/internal/transcript"
)

// ErrShape says that a proof has the wrong number of rounds, or a round the
// wrong number of coefficients.
var ErrShape = errors.New("sumcheck: wrong shape")

// Proof is a sumcheck's messages: for each round the coefficients
// (c_0, c_2, ..., c_d) of its polynomial, d elements.
type Proof[E any] [][]E

// Shape is what the verifier knows of a sumcheck before it sees the proof.
type Shape struct {
	Rounds int // variables, one round each
	Degree int // of every round, at least 1
}

// Claim is the statement that a function of Vars variables sums to Sum.
type Claim[E any] struct {
	Vars int
	Sum  E
}

// check refuses a proof of another shape. In a circuit the shape is fixed when
// it is compiled, so that only a native proof can fail here.
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

// Verify is the verifier of one sumcheck. It returns the point (r_1, ..., r_n)
// and the value that the summed function must have there; that it has it is
// for the caller to check. The error is ErrShape; a proof of the right shape is
// always carried through, so that the text is the same in a circuit.
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

// EvalRound is g(r) for the round's polynomial g, given g(0) + g(1).
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

// VerifyBatch is the verifier of a batch. The transcript must already hold every
// claim, and whatever decides the shape: they are not absorbed again. Claim k's
// function is to be taken at the last Vars coordinates of the point and multiplied
// by weights[k]; the caller checks that these add up to value.
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

// Rounds is Verify for a sum that the transcript already decides: the combination
// of a batch's or a reduction's claims, by a verifier that draws its weights and
// knows more about its claims than VerifyBatch and VerifyReduce.
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

// Halves returns 2^-n, what a claim counts that has joined n rounds late.
func Halves(n int) fr.Element {
	z, half := fr.One(), fr.NewElement(2)
	half.Inverse(&half)
	for range n {
		z.Mul(&z, &half)
	}
	return z
}
