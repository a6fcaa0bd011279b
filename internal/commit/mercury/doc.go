// Package mercury opens KZG commitments to multilinear polynomials at a point:
// many polynomials of different sizes in one proof of 512 bytes, in zero
// knowledge, at the price of little more than one commitment.
//
// It is the scheme of Eagen and Gabizon, Mercury (eprint 2025/385), with three
// changes: the division is checked in G2, a degree check covers both factors, and
// a sparse mask hides everything.
//
// # Notation
//
// A commitment is C = Σ_i w_i τ^i G + b H, the values w on the hypercube taken as
// the coefficients of a polynomial f(X); the first variable is the highest bit of
// i (package poly). [x] is x times the generator of G1 or G2. n variables are cut
// in two halves, z = (y, x): with cols = 2^⌈n/2⌉ and rows = 2^⌊n/2⌋, coefficient
// hi·cols + lo stands in row hi and column lo, f(X) = Σ_hi X^(cols·hi) F_hi(X). eq_y
// and eq_x are the eq tables of the halves, P_y(X) and P_x(X) the polynomials with
// these coefficients: Π_k (1 - y_k + y_k X^(2^j)), O(n) to evaluate.
//
// # Protocol (normative; messages in this order, names as in challenges.go)
//
//	statement   key digest, number of claims; z; sizes; commitments; values
//	mask        C_m, m~(z)                                              -> ρ
//	            f = m + Σ_i ρ^i f_i, v = m~(z) + Σ_i ρ^i eq(0, z_hi,i) v_i, i from 1
//	blind, h    b = b_m + Σ_i ρ^i b_i; h_hi = <F_hi, eq_x>               -> α
//	g, q        f = (X^cols - α) q + g                                  -> γ
//	S, D        X S(X) + S(1/X)/X = g(X) P_x(1/X) + g(1/X) P_x(X)
//	              + γ (h(X) P_y(1/X) + h(1/X) P_y(X)) - 2 (h(α) + γ v)
//	            D(X) = X^(cols-1) g(1/X) + γ X^(rows-1) h(1/X)           -> ζ
//	values      g(ζ), g(1/ζ), h(ζ), h(1/ζ), h(α), S(ζ)                  -> β
//	W, V        the batch opening of eprint 2020/081, section 4, with x  -> x, weight
//
// The verifier takes S(1/ζ) and D(ζ) from the two identities and checks
//
//	e(C_m + Σ_i ρ^i C_i - b H - C_g + α C_q, [1]) = e(C_q, [τ^cols])
//
// and the batch opening, added up: three pairings with fixed points of G2.
//
// # The choice
//
// Cost in full-size commitments of N = 2^n (MSM of N scalars); the figures in
// brackets were measured by us in nova-snark 0.76.0 at 2^18. k is the number of
// claims; all need k multiplications for them.
//
//	scheme              prover          proof at n = 20            verifier              zero knowledge
//	HyperKZG            4 N (4.3)       n+2 points, 3n scalars     2 pairings, n+6 mul   no
//	  2024/2099                         2.7 kB (2,384 B at 18)
//	Zeromorph           2.5 to 3 N      n+3 points, 1 scalar       2 pairings, n+6 mul   with n blinds more
//	  2023/917                          0.8 kB
//	Samaritan           2 N by count    constant; 368 B in its     2 pairings, O(1)      no
//	  2025/419                          abstract
//	Mercury             2 N (2.05)      8 points, 6 scalars        2 pairings, ~10 mul   no
//	  2025/385                          448 B
//	this package        1 N (1.13)      8 points, 8 scalars        3 pairings, 11 mul    yes, included
//	                                    512 B
//
// Half of Mercury's cost is the quotient that shows f(ζ) = (ζ^cols - α) q(ζ) + g(ζ).
// The division is an identity between committed polynomials and [τ^cols] in G2
// checks it as it stands, so the quotient is not needed. The price is a third
// pairing (0.3 ms) and the powers [τ^(2^k)], k up to ⌈n/2⌉, in G2: ceremony files
// carry them. HyperKZG and Zeromorph cost the verifier, and a later circuit or
// contract, O(n) points. Samaritan splits the polynomial the same way and would gain
// the same; we have no measurement of it. Claims are combined before the opening, so
// that a further claim costs field operations, and one multiplication to verify.
//
// # Soundness
//
// In the algebraic group model, with τ and the discrete logarithm of H unknown,
// each point of the proof is a known combination of the powers and H, and an
// equation that holds at τ holds as an identity of polynomials, and in H apart.
// Let f be what C_m + Σ ρ^i C_i - bH opens to, of whatever degree the key allows.
//
//  1. f = (X^cols - α) q + g. By D, g has degree below cols and h below rows: γ is
//     drawn after both, so neither term of D hides a negative power in the other's.
//     Hence g_lo = Σ_hi α^hi f_(hi,lo), over all rows of f.
//  2. By S, <g, eq_x> = h(α) and <h, eq_y> = v, constant terms of Laurent
//     polynomials; γ again separates the two. f and h precede α, so the first is an
//     identity: h_hi = <F_hi, eq_x> for every hi, and zero from hi = rows on.
//  3. So v = Σ_{hi < rows} eq_y(hi) <F_hi, eq_x>, the claim.
//
// Degree: the original scheme bounds g alone, and then h, hence f, may reach
// above 2^n, where <h, eq_y> does not look: the claim would be one about the lower
// 2^n coefficients. Here the rows above vanish at the column half of z, and as in
// fold z is drawn after C, they vanish. This is the degree check that an opening
// needs if it does not fold down to a constant; it costs nothing.
// A claim of fewer variables is bound the same way within f: its value enters as
// eq(0, z_hi) v_i, so a commitment with coefficients above its size fails unless
// they vanish at z_hi. The values must precede z_hi in the transcript.
// Each step errs with a probability of at most 2^(n+3)/r.
//
// # Zero knowledge
//
// Values of the claims are public; the rest is hidden, statistically. Given the
// challenges, every element of the proof is a function of b, h, g and f(τ): q(τ) =
// (f(τ) - g(τ)) / (τ^cols - α), and S, D, the values, W, V come from g and h.
// b is uniform through b_m, and C_m is a uniform point. The mask is
//
//	m_(hi,lo) = a_hi + c_lo + (e at hi = lo = 0),  a, c, e uniform.
//
// It gives (h, g, f(τ)) every value that a polynomial can give it, with equal
// probability: f contributes a fixed offset, m a linear map of (a, c, e), and this
// map is onto. With σ = Σ_hi α^hi ≠ 0 and eq_x(0) = ε: for a pair with
// h(α) = <g, eq_x>, which is the only relation between h and g, and any e, the
// vectors c = (g - e δ_0)/σ and a = h - <c, eq_x> 1 - e ε δ_0 produce it. Changing e
// and following with a and c keeps h and g and moves f(τ) by e times
//
//	(1 - Σ_hi τ^(cols·hi) / σ) (1 - ε Σ_lo τ^lo).
//
// The first factor is zero for at most rows values of α; the second only for a z
// that depends on τ. (For n < 2, f(τ) follows from g in any case.) A simulator thus
// draws f and b uniformly, runs the prover, sets m~(z) and C_m so that the sums
// come out, and programs ρ. zk_test.go computes the rank of the map.
//
// A full-length random polynomial, the textbook's mask, would hide no more and
// double the cost. This one has rows + cols + 1 random elements, and its commitment
// needs the sums of the key's rows and columns: two additions a point, once a key,
// instead of a full-size scalar each.
//
// # Memory
//
// The prover reads its polynomials twice, in pieces of at most 2^20 coefficients:
// 32 MiB for q, the memory of one commitment of a piece, a few vectors of 2^(n/2)
// (2 MiB at n = 24). Measured peak beyond key and polynomials: 43 MiB at n = 18, 100
// at 20, 132 at 22; nothing in it grows faster than 2^(n/2) from there, so less than
// 150 at 24. The polynomials, 512 MiB each at n = 24 if dense, and the key, 1 GiB,
// mapped, are the caller's.
package mercury
