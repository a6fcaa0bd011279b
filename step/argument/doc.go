// Package argument proves that a Witness of package relation satisfies its Program: LogUp
// lookups, sumchecks over constraints and contractions, and a reduction of all claims on
// committed polynomials to one point, where they are folded into running claims. Prover
// and verifier share what they absorb; the verifier is written once over an arithmetic, so
// that it runs over field elements and over the variables of a circuit (Uniform).
//
// # The transcript
//
// With eq(a, b) = prod_i (a_i b_i + (1-a_i)(1-b_i)) and P~ the multilinear
// extension of P (package poly). Committed: w (Cells), S (Outputs), the residual
// stream X_out, what the pass adds to the cache KV_new, and, once the lookups'
// challenges are drawn, h (Inverses). In the order of the transcript:
//
//  1. Program digest, statement, record and commitments; draw alpha, beta. Table T has the
//     pole alpha - T beta^2 and the fingerprint input + beta output.
//  2. C_h; draw tau, a point of powers (c^(2^(n-1)), ..., c^2, c) of one
//     challenge, and lambda. One batch of sumchecks, a claim for each space:
//     sum_x eq(tau, x) sum_c lambda^c C_c(x) over constraints and lookups, plus
//     lambda^last times the space's share of sum h - sum m_j h_j. The claims are
//     sent, and add up to zero: as a polynomial in lambda that is every constraint
//     and the balance of the lookups at once. Draw the weights of the claims, powers
//     of one challenge; rounds; then the values of all tensors.
//  3. Contractions, those first whose factors are contractions themselves (the
//     down projection, whose input u is one; the chosen logit). A claim on the
//     output at z is a sum over the axes that the output lacks and those that
//     several factors share, the latter against eq(z, .); an axis of one factor
//     alone is read at z. Then the values of the factors.
//  4. The window: draw zeta, a point of powers likewise; KV_new~(zeta) against the values of keys and values.
//  5. The claim reduction (poly.Reduce): every claim on a committed polynomial,
//     and the running claims, to one point; then rho of 126 bits, by whose powers
//     the polynomials are folded into the running ones, Horner from the last:
//     A' = A + rho (w + rho (S + rho (h + rho (X_in + rho X_out)))), and for the
//     cache A' = A + rho (KV + rho KV_new).
//
// Claims on weights and tables are not settled here: the verifier returns their values and the
// challenges in their points, with one digest (WeightClaims).
//
// No message, length or check depends on whether a value is zero. Every tensor has its
// claims, also one that is multiplied with a tensor of zeros, and a commitment to zero is
// a blind alone, or infinity without one. A prover skips tensors of zeros and dead rows;
// one that does not makes the same proof.
//
// All arguments of a protocol share a frame: lists are filled up with zeros,
// sumchecks with rounds that a claim of fewer variables sits out, and every challenge
// is drawn for every program. So kinds of steps and size classes differ in the values
// of their final expressions alone, and one circuit, which chooses among these by
// flags, verifies them all (Uniform).
//
// A tensor that RoPE reads turned is claimed at both ends of its last coordinate,
// so that the quarter turn of it, (a, b) to (-b, a), follows from the same two
// values. Tables of positions are read at the pass's positions and count as zero
// for tokens that the pass does not have: what is claimed is the table at the
// mixed coordinates, what is read is that times the mask of live tokens. Scores
// are computed for all cached positions, later ones of the same pass included;
// the mask acts on what depends on them. The weights of a ternary matrix are its
// digits times its multiplier, so that no multiplier enters the relation.
//
// All magnitudes stay below half of the field's modulus, by interval arithmetic
// over the program (CheckBounds): an identity in the field is one of integers.
//
// # Blinds
//
// A step's blind is PRF(seed; name, statement, digest of all cells, commitment without
// the blind, H), so that a blind belongs to one point C of one key: if two commitments
// C + b H have one b, they are the same commitment, and their difference shows nothing. A
// key file with other points, under whatever id, has other points C and so other blinds.
package argument
