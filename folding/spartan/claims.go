package spartan

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/poly"
)

// A claim says that a function of vars variables sums to value over the cube. Once the
// values that the proof contains are put in, the function is linear in the committed
// polynomials: at(y) returns, at a point y, the factor of each polynomial and the part of
// the function that is known without them.
type claim[E any] struct {
	vars  int
	value E
	at    func(y []E) (terms []term[E], known E)
	// late: the sum joins the batch in the last vars rounds (package poly, batches).
	// Otherwise the function is a multilinear K times a polynomial, and the sum is lifted
	// to the variables of the batch, as weigh says.
	late bool
	// joined: value is 0, and the value of the claim before is that of both sums together.
	joined bool
}

// term is a factor of polynomial number poly.
type term[E any] struct {
	poly   int
	factor E
}

// weigh returns the claims' weights, powers of lambda, and the sum of all claims with them.
//
// A claim that is not late is lifted to len(t) variables, those of the vector that the
// commitment is to: sum_y eq(t_hi, y_hi) K(y_lo) f(y) = eq(t_hi, 0) value. A late claim
// enters as it is.
func weigh[E any](ar arith.Arithmetic[E], lambda E, t []E, claims []claim[E]) (weights []E, sum E) {
	weights, sum = poly.Powers(ar, lambda, len(claims)), ar.Const(fr.Element{})
	for k, claim := range claims {
		if claim.joined {
			weights[k] = weights[k-1]
		}
		value := claim.value
		if !claim.late {
			value = ar.Mul(value, poly.EqBits(ar, 0, t[:len(t)-claim.vars]))
		}
		sum = ar.Add(sum, ar.Mul(weights[k], value))
	}
	return
}

// gather returns the factor of each of n polynomials in the sum of all claims at the
// point s, and value less what is known of it.
//
// A commitment to a polynomial f~ of m variables is, as one of n variables, eq(0, s_hi)
// f~(s_lo) at s. A late claim is about f~(s_lo): its factors are divided by eq(0, s_hi), and
// multiplied by 2^-(n-m), for the rounds that it has waited.
func gather[E any](
	ar arith.Arithmetic[E], n int, t, s []E, claims []claim[E], weights []E, value E,
) (factors []E, rest E) {
	factors = make([]E, n)
	for i := range factors {
		factors[i] = ar.Const(fr.Element{})
	}
	for k, claim := range claims {
		missing := len(t) - claim.vars
		zero := poly.EqBits(ar, 0, s[:missing])
		var ofTerms, ofKnown E
		if claim.late {
			ofKnown = ar.Mul(weights[k], ar.Const(poly.Halves(missing)))
			ofTerms = ar.Mul(ofKnown, ar.Inverse(zero))
		} else {
			ofTerms = ar.Mul(weights[k], poly.Eq(ar, t[:missing], s[:missing]))
			ofKnown = ar.Mul(ofTerms, zero)
		}
		terms, known := claim.at(s[missing:])
		for _, term := range terms {
			factors[term.poly] = ar.Add(factors[term.poly], ar.Mul(ofTerms, term.factor))
		}
		value = ar.Sub(value, ar.Mul(ofKnown, known))
	}
	return factors, value
}
