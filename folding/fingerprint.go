package folding

import (
	"math/big"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold/internal/transcript"
	"fold/r1cs"
)

// A fingerprint is phi = sum_k m_k c_k of a list c of elements of Fq, for monomials m_k
// in four challenges of 126 bits. Two different lists of n elements that are fixed
// before the challenges are drawn agree with probability at most 2^-126 times the
// largest degree, 2 ceil(n / 14).
//
// The list is cut into blocks of 14, read from the last to the first,
//
//	S = c_0 + sum_{k=1}^{13} w_k c_k + w_14 S,
//
// where w_1, ..., w_4 are the challenges a, b, c, d, and w_5, ..., w_14 their products
// aa, ab, ac, ad, bb, bc, bd, cc, cd, dd. Monomials of a block have degree 0 or 1 in
// d, and so no two are the same. No weight has more than 252 bits: a circuit over
// another field reduces a whole block at once, and no weight at all.
const (
	fingerprintChallenges = 4
	fingerprintBlock      = 14
	fingerprintWords      = fingerprintChallenges / 2
)

// weights returns w_1 to w_14, given how a challenge and a product of two become one.
func weights[C, W any](c [fingerprintChallenges]C, plain func(C) W, product func(a, b C) W) (w []W) {
	for _, a := range c {
		w = append(w, plain(a))
	}
	for i, a := range c {
		for _, b := range c[i:] {
			w = append(w, product(a, b))
		}
	}
	return
}

// blocks cuts a list into blocks, of which the last may be shorter.
func blocks[T any](list []T) (out [][]T) {
	for len(list) > fingerprintBlock {
		out, list = append(out, list[:fingerprintBlock]), list[fingerprintBlock:]
	}
	return append(out, list)
}

// words is the challenges of a fingerprint, two in each.
type words [fingerprintWords]*big.Int

func (w words) challenges() (c [fingerprintChallenges]fq.Element) {
	for i := range w {
		high := new(big.Int).Rsh(w[i], transcript.ChallengeBits)
		low := new(big.Int).Sub(w[i], new(big.Int).Lsh(high, transcript.ChallengeBits))
		c[2*i], c[2*i+1] = r1cs.FromInteger[fq.Element](low), r1cs.FromInteger[fq.Element](high)
	}
	return
}

// fingerprint is phi of the scalars, packed, and of the points' coordinates.
func fingerprint(w words, scalars *big.Int, points [][]bn254.G1Affine) (sum fq.Element) {
	weight := weights(w.challenges(), func(c fq.Element) fq.Element { return c }, func(a, b fq.Element) fq.Element { return *a.Mul(&a, &b) })
	list := []fq.Element{r1cs.FromInteger[fq.Element](scalars)}
	for _, p := range slices.Concat(points...) {
		list = append(list, fq.Element(p.X), fq.Element(p.Y)) // one field, two packages
	}
	for _, block := range slices.Backward(blocks(list)) {
		sum.Mul(&sum, &weight[fingerprintBlock-1])
		sum.Add(&sum, &block[0])
		for k := 1; k < len(block); k++ {
			block[k].Mul(&block[k], &weight[k-1])
			sum.Add(&sum, &block[k])
		}
	}
	return
}
