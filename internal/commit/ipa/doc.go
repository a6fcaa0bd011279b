// Package ipa opens Pedersen commitments on Grumpkin to multilinear polynomials
// over Fq at a point: the inner-product argument of Bootle et al. (eprint
// 2016/263) in the form of Bulletproofs (eprint 2017/1066), made zero-knowledge,
// for several polynomials of different sizes at once.
//
// # Notation
//
// Grumpkin's scalars are Fq, the base field of BN254, and its coordinates are Fr,
// the field of the transcript. A commitment is C = <w, G> + b H; w are the values
// on the hypercube, the first variable is the highest bit of the index (package
// poly). G_i, H and U come from hashing to the curve: nobody knows a relation
// between them. n variables, N = 2^n.
//
// # Protocol (normative)
//
// Challenges have 126 bits. A scalar is absorbed as two limbs of 128 bits, the
// lower first: Fq is larger than Fr, and a reduction would merge two scalars.
//
//	statement   key digest; z; sizes; commitments; values                -> ρ
//	            w = Σ_i ρ^i w_i, b = Σ_i ρ^i b_i, v = Σ_i ρ^i eq(0, z_hi,i) v_i,
//	            i from 0; e = the eq table of z                          -> ξ
//	n rounds    L = <w_lo, G_hi> + <w_lo, e_hi> ξU + l H
//	            R = <w_hi, G_lo> + <w_hi, e_lo> ξU + r H                 -> x
//	            w = w_lo + w_hi/x, G = G_lo + x G_hi, e = e_lo + x e_hi,
//	            b = b + x l + r/x
//	T           d G + d e ξU + t H, d and t random                       -> c
//	answers     A = d + c w, B = t + c b
//
// The generators never are folded: after the rounds they are <s, G>, s the tensor
// of the (1, x_j), and e becomes <s, e>. The verifier checks
//
//	A <s, G> + (A e - c v) ξU + B H = T + c (Σ_i ρ^i C_i + Σ_j x_j L_j + R_j/x_j)
//
// as one multi-scalar multiplication of N + 2n + (claims) + 3 points.
//
// The key may have M < N points (M goes into the transcript). Then G_i is infinity
// and e_i is set to zero for i >= M, throughout: values above M do not exist, and
// everything costs M points instead of N.
//
// # Soundness
//
// Each round is the Bulletproofs step: from answers to three different x the
// vectors before it can be computed, or a relation among the generators; from two c
// the last w and b. ξ is drawn after commitments and values: a commitment that
// contains a multiple δ of U satisfies <w, e> ξ = v ξ + δ' for one ξ only, unless
// δ' = 0. Claims of fewer variables enter as zero above their size, with the value
// eq(0, z_hi) v_i; so a commitment that is not zero there fails, as long as z_hi is
// drawn after the values. There is no degree to check: a commitment with a
// component on the key's points beyond N fails too, they are not in the equation.
// In a key of M < N points a prover may fold any w_i, i >= M, into its vector: it
// meets the point infinity and e_i = 0, and changes nothing.
//
// # Zero knowledge
//
// Perfect, for an honest verifier, given the claims: l and r make every L and R a
// uniform point, and (T, c, A, B) is Okamoto's proof of knowledge of w and b with
// P = w Q + b H: A and B are uniform through d and t, and T follows from them. A
// simulator draws L, R, A, B and solves the equation for T. Commitments need not
// be masked beforehand; with b = 0 the proof leaks nothing, though C itself would.
//
// # Cost
//
// Proof: 2n + 3 elements of 32 bytes, 992 bytes at n = 14. Prover: n + 2
// multiplications of M points, 17 times one commitment at 2^14. Verifier: one of M
// points, nearly all of its time, and n Poseidon2 messages of 10 us: at M = 2^14 0.65
// times the library's multiplication of as many points, at 12,000 points 0.5 times
// (BenchmarkOpen).
//
// Tried and left out: a table of the key's multiples by 2^14, 2^28, ..., over which
// the verifier's scalars are one window of small digits. It takes 0.74 of the time,
// 1.2 kB a point, and as long to prepare as 17 verifications, so it pays only in a
// process that verifies many proofs. Shorter challenges do not help the verifier:
// the products of n of them are full-size scalars.
package ipa
