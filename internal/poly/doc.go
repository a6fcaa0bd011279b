// Package poly has multilinear polynomials over Fr and the sumcheck protocol:
// a verifier written once over the arithmetic, and a prover that is fast on
// small integers, on values of 16-bit tables, and on tensors that are mostly
// zero.
//
// # Convention
//
// A function on the cube {0,1}^n is a slice of 2^n values. The first variable
// is the most significant bit of the index: v[i] is the value at
// (i>>(n-1)&1, ..., i&1). A tensor's index is the concatenation of the bits of
// its axes, slowest first, and a point is the concatenation of the axes'
// points. P~ is the multilinear extension of P, eq(a, b) = prod_i (a_i b_i +
// (1-a_i)(1-b_i)) the one of equality.
//
// # Sumcheck messages (normative)
//
// A sumcheck of n rounds and degree d proves y = sum over {0,1}^n of g, where g
// has degree at most d in each variable. Round i binds variable i, the first
// variable first. Its polynomial g_i(X) = c_0 + c_1 X + ... + c_d X^d is sent
// as d elements, (c_0, c_2, c_3, ..., c_d); c_1 follows from
// g_i(0) + g_i(1) = y_(i-1). So a message of d elements cannot be of higher
// degree, and the equation between rounds cannot fail: what fails is the last
// one, in the caller, who compares y_n with g at the point.
//
//	absorb("sumcheck", n, d, y); n rounds of: absorb("round", c_0, c_2, ...,
//	c_d), draw r_i, y_i = g_i(r_i).
//
// A batch proves y_k = sum over {0,1}^(m_k) of g_k for several k at once, with
// n >= every m_k and one degree:
//
//	absorb("claims", hash("shape", n, d, m_0, m_1, ...), y_0, y_1, ...), draw
//	lambda, and then the rounds for sum_k lambda^k y_k.
//
// Claim k enters unscaled and joins late, in the last m_k rounds. That is the
// sumcheck of 2^-(n-m_k) g_k as a function of n variables that does not depend
// on the first n-m_k: in every round before it joins, its polynomial is the
// constant half of what it was before. At the end its value is
// 2^-(n-m_k) g_k(the last m_k challenges); the verifier returns the weights
// lambda^k 2^-(n-m_k).
package poly
