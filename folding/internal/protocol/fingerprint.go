package protocol

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
	FingerprintChallenges = 4
	FingerprintBlock      = 14
	FingerprintWords      = FingerprintChallenges / 2
)

// Weights returns w_1 to w_14, given how a challenge and a product of two become one.
func Weights[C, W any](c [FingerprintChallenges]C, plain func(C) W, product func(a, b C) W) (w []W) {
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

// Blocks cuts a list into blocks of FingerprintBlock elements. The last block may be shorter.
func Blocks[T any](list []T) (out [][]T) {
	for len(list) > FingerprintBlock {
		out, list = append(out, list[:FingerprintBlock]), list[FingerprintBlock:]
	}
	return append(out, list)
}
