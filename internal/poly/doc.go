// Package poly implements multilinear polynomials over Fr and the sumcheck protocol. The
// verifier is written once over arith.Arithmetic, for native code and for circuits. The
// prover is fast on small integers, on values of 16-bit tables, and on tensors that are
// mostly zero.
//
// # Convention
//
// A function on the cube {0,1}^n is a slice of 2^n values. The first variable
// is the most significant bit of the index: v[i] is the value at
// (i>>(n-1)&1, ..., i&1). A tensor's index is the concatenation of the bits of
// its axes, slowest first, and a point is the concatenation of the axes'
// points. P~ is the multilinear extension of P, and eq(a, b) = prod_i (a_i b_i +
// (1-a_i)(1-b_i)) is the multilinear extension of equality.
//
// # Sumcheck messages (normative)
//
// A sumcheck of n rounds and degree d proves y = sum over {0,1}^n of g, where g
// has degree at most d in each variable. Round i binds variable i, the first
// variable first. Its polynomial g_i(X) = c_0 + c_1 X + ... + c_d X^d is sent
// as d elements, (c_0, c_2, c_3, ..., c_d); c_1 follows from
// g_i(0) + g_i(1) = y_(i-1). A message of d elements cannot have a higher degree, and the
// equation between two rounds cannot fail. Only the last equation can fail: the caller
// compares y_n with g at the point.
//
//	absorb("sumcheck", n, d, y); n rounds of: absorb("round", c_0, c_2, ...,
//	c_d), draw r_i, y_i = g_i(r_i).
//
// A batch proves y_k = sum over {0,1}^(m_k) of g_k for several k at once, with
// n >= every m_k and one degree, all y_k already absorbed:
//
//	draw lambda, and then the rounds for sum_k lambda^k y_k.
//
// Claim k enters unscaled and joins in the last m_k rounds. This is the sumcheck of
// 2^-(n-m_k) g_k as a function of n variables that does not depend on the first n-m_k: each
// round before it joins has a constant polynomial, half of the claim so far. Its final value
// is 2^-(n-m_k) g_k(the last m_k challenges), and the verifier returns the weights
// lambda^k 2^-(n-m_k).
//
// A reduction brings claims P_k~(z_k) = y_k on several polynomials to one point
// (VerifyReduce). With b variables within a row, n >= every polynomial's number of
// variables and all y_k already absorbed:
//
//	draw lambda; n rounds of degree 2 for sum_k lambda^k y_k. The caller absorbs the
//	polynomials' values.
//
// The numbers n, d, m_k, b and the polynomial of each claim must be determined by what the
// protocol has absorbed before.
//
// The first b rounds bind the last b variables; the other rounds bind the rest, the first
// variable first. The challenges r_1..r_n form the point (r_(b+1), ..., r_n, r_1, ...,
// r_b). A polynomial of m < n variables is constant in rounds b+1 to b+n-m; its value is
// taken at the last m coordinates and has the factor 2^-(n-m).
//
// # The prover
//
// Sum divides the cube into rows of up to 1024 cells and binds the row variables first. One
// pass a round binds a pair of rows and computes the next round's samples while the rows are
// in the first-level cache. The methods:
//
//   - sums over a row at both ends of every row variable follow from the round
//     before, so that a product costs one inner product a pair, not two or three;
//   - eq(tau, x) is never stored as a column: it is a table over the cells of one row times
//     a scalar for each row;
//   - cells are read in their stored form: in the first round products of small integers are
//     computed on integers, and looked-up columns are gathered from their table, so that
//     field elements are stored from half the size on;
//   - an integer enters a vector kernel as raw limbs, and the factor 2^256 that is missing
//     then is multiplied once a sum;
//   - rows without a live cell, and the cells behind the last live one, are skipped;
//   - inner products, products and lines run on limbs of 52 bits where the
//     machine has AVX-512 IFMA (package asm generates the kernels); elsewhere on
//     the library's vectors, which are also what the tests compare with.
package poly
