package poly

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/kernel"
	"fold.example/fold/internal/transcript"
)

// Instance is the prover's side of one sum. Instances of a batch work at the same time. Sum is the instance for sums of
// products; whoever knows a faster way for a special sum may bring his own.
type Instance interface {
	// Vars is the number of variables, and of rounds.
	Vars() int
	// Degree is the largest degree of a round.
	Degree() int
	// Sum is the sum over the cube, before any round.
	Sum() fr.Element
	// Round returns the coefficients, lowest first and at most Degree()+1, of
	// the current round's polynomial.
	Round() []fr.Element
	// Bind fixes the round's variable.
	Bind(r *fr.Element)
}

// Prove runs the prover of one sumcheck and returns its messages and the point.
func Prove(tr *transcript.Native, in Instance) (Proof[fr.Element], []fr.Element) {
	n, d := fr.NewElement(uint64(in.Vars())), fr.NewElement(uint64(in.Degree()))
	tr.Absorb("sumcheck", n, d, in.Sum())
	return proveRounds(tr, Shape{in.Vars(), in.Degree()}, []Instance{in}, []fr.Element{fr.One()})
}

// ProveBatch runs the prover of a batch: instance k proves claim k of
// VerifyBatch, which is given the same shape; the caller has absorbed the claims.
func ProveBatch(tr *transcript.Native, s Shape, ins []Instance) (Proof[fr.Element], []fr.Element, error) {
	for k, in := range ins {
		if in.Vars() > s.Rounds || in.Degree() > s.Degree {
			return nil, nil, fmt.Errorf("%w: instance %d has %d variables and degree %d, want at most %d and %d",
				ErrShape, k, in.Vars(), in.Degree(), s.Rounds, s.Degree)
		}
	}
	weights := Powers[fr.Element](new(arith.Native), tr.Challenge(), len(ins))
	proof, point := proveRounds(tr, s, ins, weights)
	return proof, point, nil
}

// proveRounds plays the rounds for sum_k weights[k] ins[k].
func proveRounds(
	tr *transcript.Native, s Shape, ins []Instance, weights []fr.Element,
) (proof Proof[fr.Element], point []fr.Element) {
	waiting := make([]fr.Element, len(ins)) // what a late instance still sums to
	for k, in := range ins {
		waiting[k] = in.Sum()
		waiting[k].Mul(&waiting[k], &weights[k])
		w := Halves(s.Rounds - in.Vars())
		weights[k].Mul(&weights[k], &w)
	}
	for i := range s.Rounds {
		late := func(k int) bool { return s.Rounds-i > ins[k].Vars() }
		rounds := make([][]fr.Element, len(ins))
		each(len(ins), func(k int) {
			if !late(k) {
				rounds[k] = ins[k].Round()
			}
		})
		sum := make([]fr.Element, s.Degree+1)
		for k, round := range rounds {
			if late(k) {
				waiting[k].Halve()
				sum[0].Add(&sum[0], &waiting[k])
			}
			for j, c := range round {
				c.Mul(&c, &weights[k])
				sum[j].Add(&sum[j], &c)
			}
		}
		message := append([]fr.Element{sum[0]}, sum[2:]...)
		tr.Absorb("round", message...)
		r := tr.Challenge()
		each(len(ins), func(k int) {
			if !late(k) {
				ins[k].Bind(&r)
			}
		})
		proof, point = append(proof, message), append(point, r)
	}
	return
}

// each calls f for 0 to n-1 on all cores: small instances have no work for more than
// one.
func each(n int, f func(k int)) {
	kernel.For(n, 1, func(k, _ int) { f(k) })
}
