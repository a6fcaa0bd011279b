package poly

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/kernel"
	"fold.example/fold/internal/transcript"
)

// Instance is the prover of one sum in a sumcheck. The instances of a batch run
// concurrently. Sum is the instance for sums of products; a sum with a faster prover can
// implement Instance itself.
type Instance interface {
	// Vars is the number of variables and of rounds.
	Vars() int
	// Degree is the maximum degree of a round polynomial.
	Degree() int
	// Sum is the sum over the cube, before any round.
	Sum() fr.Element
	// Round returns the coefficients of the current round's polynomial, lowest degree first,
	// at most Degree()+1 of them.
	Round() []fr.Element
	// Bind binds the round's variable to r.
	Bind(r *fr.Element)
}

// Prove runs the prover of Verify and returns the messages and the point.
func Prove(tr *transcript.Native, in Instance) (Proof[fr.Element], []fr.Element) {
	n, d := fr.NewElement(uint64(in.Vars())), fr.NewElement(uint64(in.Degree()))
	tr.Absorb("sumcheck", n, d, in.Sum())
	return proveRounds(tr, Shape{in.Vars(), in.Degree()}, []Instance{in}, []fr.Element{fr.One()})
}

// ProveBatch runs the prover of VerifyBatch for the same shape; instance k proves claim k.
// The caller has absorbed the claims. The error wraps ErrShape.
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

// proveRounds runs the rounds for sum_k weights[k] ins[k].
func proveRounds(
	tr *transcript.Native, s Shape, ins []Instance, weights []fr.Element,
) (proof Proof[fr.Element], point []fr.Element) {
	waiting := make([]fr.Element, len(ins)) // weighted claims of the instances that have not joined
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

// each calls f(0) to f(n-1) in parallel. Small instances have work for one core only.
func each(n int, f func(k int)) {
	kernel.For(n, 1, func(k, _ int) { f(k) })
}
