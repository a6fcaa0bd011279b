package folding

// A fingerprint is phi = sum_k c_k m_k of a list c of elements of Fq, for monomials
// m_k in two challenges alpha and beta of 126 bits. Lists that are fixed before the
// challenges are drawn and differ agree with probability at most 2^-126 times the
// largest degree of a monomial.
//
// The list is cut into blocks of five and read from the last to the first:
//
//	S = c_0 + alpha c_1 + beta c_2 + alpha beta c_3 + alpha^2 c_4 + beta^2 S
//
// so that monomials of a block have degree 0 or 1 in beta, and no two are the same.
// All five weights and the multiplier have at most 252 bits, and so need no reduction
// in a circuit over another field.
const fingerprintBlock = 5

// blocks cuts a list into blocks, of which the last may be shorter.
func blocks[T any](list []T) (out [][]T) {
	for len(list) > fingerprintBlock {
		out, list = append(out, list[:fingerprintBlock]), list[fingerprintBlock:]
	}
	return append(out, list)
}
