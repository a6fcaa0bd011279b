package spartan

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/arith"
	"fold/internal/poly"
)

// A claim is the value of a sum over the cube of vars variables. What is summed is
// linear in the committed polynomials, once those that are sent have their values: at
// tells, at a point, the polynomials' factors and what is known without them.
type claim[E any] struct {
	vars  int
	value E
	at    func(y []E) (terms []term[E], known E)
	// late: the summed function is one of the last vars variables, whose value at the
	// point is taken as it is. Otherwise it is a multilinear K, times polynomials.
	late bool
	// joined: the claim before this one is of the sum of both.
	joined bool
}

// term is a factor of polynomial number poly.
type term[E any] struct {
	poly   int
	factor E
}

// weigh returns the claims' weights, powers of lambda, and the sum of all claims with them.
//
// A claim that is not late is made one of len(t) variables, of the polynomials that
// the commitment's values are of: sum_y eq(t_hi, y_hi) K(y_lo) f(y) = eq(t_hi, 0) value.
// A late one enters as it is.
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
// A commitment to few variables is, at s, eq(0, s_hi) times its polynomial at s_lo. For
// a late claim this is divided out, and so is 2^-(n-m) put in, as it has waited for that
// many rounds.
func gather[E any](ar arith.Arithmetic[E], n int, t, s []E, claims []claim[E], weights []E, value E) (factors []E, rest E) {
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
