// Package step is the relation of one step of a proof: what must hold between
// the integers of a pass of tokens through the embedding, through one or
// several transformer blocks, or through the head.
//
// # Programs
//
// A step is a Program, built from the model's configuration and the size of
// the pass alone. It consists of
//
//   - tensors, arrays of integers over named axes. An axis is padded to a power
//     of two; padding is dead: always zero;
//   - constraints: a sum of products of at most two linear forms is zero in
//     every cell of a space;
//   - contractions: a tensor is a sum of products over the axes that it lacks
//     (a matrix product, a sum of squares, a row sum);
//   - lookups: a cell is a row of a table, or a pair of cells is;
//   - windows: this pass's keys and values stand in the cache at the pass's
//     positions, and the pass changes nothing else.
//
// The constants that differ between layers, shifts above all, are not part of
// the program: they are named slots of a layer's record.
//
// # Why a cell is pinned
//
// Every committed cell is a row of a range table (16 bits, signed or not), the
// input of a lookup, or advice that two constraints pin to one value. A rescale
// R(a, k) = floor((a + 2^(k-1))/2^k) becomes
//
//	2^(16n-k) (a - 2^k y) = a signed number of 16 n bits,
//
// which has exactly one solution y when y has a range: n = 1, 2, 3 cells for k
// up to 16, 32, 48. An inverse is pinned by two inequalities whose slacks are
// unsigned numbers. A constraint with a constant multiplies it by the mask of
// the live cells, so that the all-zero dead cell satisfies everything.
//
// # The argument
//
// With eq(a, b) = prod_i (a_i b_i + (1-a_i)(1-b_i)) and P~ the multilinear
// extension of P (package poly). Committed: w (Cells), S (Outputs), the residual
// stream X_out, what the pass adds to the cache KV_new, and, once the lookups'
// challenges are drawn, h (Inverses). In the order of the transcript:
//
//  1. Program, context, record and commitments; draw alpha, beta. Table T has the
//     pole alpha - T beta^2 and the fingerprint input + beta output.
//  2. C_h; draw tau, a point of powers (c^(2^(n-1)), ..., c^2, c) of one
//     challenge, and lambda. One batch of sumchecks, a claim for each space:
//     sum_x eq(tau, x) sum_c lambda^c C_c(x) over constraints and lookups, plus
//     lambda^last times the space's share of sum h - sum m_j h_j. The claims are
//     sent, and add up to zero: as a polynomial in lambda that is every constraint
//     and the balance of the lookups at once. Then the values of all tensors.
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
// Claims on weights and tables are not settled here: the challenges of which their
// points consist and their values are handed out, with one digest (WeightClaims).
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
package step
