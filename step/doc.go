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
// Padding that something reads is pinned to zero by the same constraints. What is
// free there is multiplied by the mask, or by a sum that is zero, wherever it is read:
// the inverse root of a dead token, the maximum and the softmax's inverse of a dead
// head, the exponent and its overflow at a masked position.
//
// # One output
//
// An id and a prompt determine at most one output, whatever field elements are committed
// to as weights and tables, in the padding too. Nothing checks the range of committed
// weights: with others than CheckBounds assumes an equation holds in the field alone. It
// still has at most one solution, by the ranges of what is solved for. Below, F is the
// field, r its modulus; cells are taken in the order in which they are computed, positions
// in their order and within a position layer by layer. Everything that comes before a cell
// is given, as are the weights.
//
//   - A contraction, the stream y, a square and the cache's window are equal to functions
//     of earlier cells. Padding of weights is committed to, and read, like every other cell.
//   - An embedding's row is that of the token: x is its one-hot row times the matrix, and
//     ids are below the vocabulary's size. It has no range, nor has what the first norm reads.
//   - A rescale states 2^(16n) Y + R = A in F for a given A, with |Y| < 2^34 and R a number
//     of 16 n bits, n <= 3. Pairs (Y, R) are distinct integers below 2^83, so distinct in F:
//     at most one is A. From Y = y + over - under follow y, over and under, as over is zero
//     but at y = 32767 and under but at -32768. So a lift need not be a power of two, nor a
//     product within any bound.
//   - The inverse root i of v. The two constraints with slacks b, a in [0, 2^96) add up to
//     (2i+1) v = 1 + a + b in F: v is a fraction of at most 2^97 by an odd number below
//     2^49, p/q in lowest terms. Two such fractions are equal in F only if they are
//     rationals: products stay below 2^146. Then q c = q b + i^2 p in F, below 2^194, so
//     that c is the same rational for every solution, and i^2 v <= c < c + 1 <= (i+1)^2 v
//     among rationals: i is the floor of the root of c/v. If v is no such fraction, zero
//     above all, there is no solution.
//   - The maximum m is a score at an unmasked position, as the weights max.at of the
//     positions where m is the score add up to 1 and are zero where masked; which of equal
//     scores has them changes nothing. Of scores s, t that are both maxima, lift (s - t)
//     and lift (t - s) are numbers below 2^49: both are zero. So s = t, or the lift is zero
//     and no margin depends on m.
//   - The exponent: lift (m - s) = 2^16 D + R with R of 16 bits and D = over - index + 65535,
//     at most one pair (D, R); one of over, index is zero, so D gives both.
//   - A lookup: see lookups.go. With the fingerprint w of a cell in table T, the sum of
//     the inverses has at alpha = w + T beta^2 a pole whose residue is the number of such
//     cells, not zero in F. As polynomials in beta these poles differ wherever (input,
//     output, T) do. So every cell other than (0, 0) is a row, and (0, 0) is row 0: of the
//     range tables by their formula, of EXP and SILU by [row = 0] T(row) = 0. The rows'
//     inputs are public and all different: one input has one output, and duplicate outputs
//     do not matter. The counts are not pinned; nothing else reads them.
//   - A masked exponential is zero by a constraint. The sum S of exponentials, any element,
//     is 1 + a + b with slacks of 32 bits: S is in [1, 2^33), and then inv = floor(2^K/S) by
//     inequalities of integers below 2^82. A sum of zero, or beyond, has no solution.
//   - RoPE's tables are read at the token's position, which is below the context; any
//     elements there turn a pair to one element, which is rescaled.
//   - The cache as read is what earlier passes and this one wrote, by its chains: keys and
//     values that are pinned. A position not yet written, or later than the token, is masked.
//   - The choice: if tokens a < b were both chosen at one position, the leads of each over
//     the other, numbers of 48 bits, would add up to -1.
//   - What is free is listed above; it is multiplied by a mask or by a sum that is zero.
//     A dead token, head or position contributes to nothing.
//   - A ternary matrix is committed to with its multiplier: its cells are elements like
//     others. The constants of a record are in the id. The ranges that each step checks for
//     them are needed for what an honest model means, not here.
//
// How a run is cut does not matter. A constraint reads a token's own cells and the cache,
// so that sizes of passes change nothing; nor does the number of positions, as a cache's
// window is at the position. Blocks of one step share constants and tables: constants of
// their records must be equal, and a claim on a table is one on the table of each of their
// records, so that records that differ have no proof in a step together.
//
// An owner's abnormal contents thus make no output provable, never two: where a rescaled
// value leaves its 16 or 32 bits without saturating, a v is no small fraction, a sum of
// exponentials is not in [1, 2^33), logits are 2^48 apart, row 0 of a table is not zero, or
// records disagree that a step opens together.
//
// Assumed are: that commitments bind (the model's segments, of 2^SegmentBits cells each, and
// the steps' polynomials), that the hashes of id, state and chains have no collisions, and
// that arguments, settlement and recursion are sound. What was argued over poles and points
// fails with the error of the argument at most, a degree below 2^32 over r for each challenge
// and 6/2^126 for each rho. TestOneOutput searches for second outputs, and TestTwoOutputs
// sees that it finds those of a relation without the constraint on row 0.
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
// # The state of a run
//
// z is a list of elements (stateVector): the model's id and its two chains; P; the
// phase, which says of what kind the next step is; a counter of the phase's steps
// (group); the pass's start and j; the token that the last head chose; the digest of
// the pass's tokens; the chains of the windows that begin in the prompt and of those that
// begin behind it (tokens, said); the residual stream's
// commitment; the chains of the cache before the pass, as read and as left; the chain
// of the records opened; the claim chain; a settlement's fields, zero before it; and
// the digests of the running claims, by class, the cache's and the weights'.
//
// The rules that take z over a step are written once (transition), and run by a
// Follower over field elements and by a recursion's circuit (Function) over variables.
// All flags follow from z: only embed takes j, and only at a pass's end may a
// settlement begin. With below_b = [b < j], a sum of which is j:
//
//	start_b below_b = 0, start + 2^j is within the positions
//	class c has Classes[c-1] < j <= Classes[c]
//	a token i is live if below is 1 at the highest bit of i, and dead ones are zero
//	a token is followed by a choice if start + i >= P - 1
//	a pass has a head if its last token is followed by a choice
//	from position P on a pass begins with the token that the last head chose
//	a record has digest hash(its number, constants, chain of commitments), and the chain
//	of these digests is the model's at a pass's end; the head's is compared by itself
//	the chain of the cache as read is, at a pass's end, the one that the last pass left
//
// The number of positions of the cache is a constant of the run: the cache's polynomial
// has its windows above the positions. A step's transcript begins with the context, the
// digest of (start, j, tokens), 2^20 P + next, and the digests of the running claims, the
// context being the digest of z and of what is constant in the run. In it a point
// (x, y) is x mod 2^128, y mod 2^128 and floor(x / 2^128) + 2^126 floor(y / 2^128).
//
// Every step states three operations on points, whatever its kind, with one rho:
//
//	A + rho (w + rho (S + rho (h + rho (X_in + rho X_out)))),  KV = KV_old + KV_new,
//	A + rho (KV + rho KV_new)
//
// A kind that lacks a point has infinity there. No point is taken to be canonical
// because the state holds it: the circuit checks the limbs of all of them.
//
// # The seals of the tokens
//
// The token chains begin with hash("fold token chain"). A window makes a chain
// hash("fold token chain"; chain, window). No link has a salt: z_0 and all states before
// the last are a function of tokens and commitments, and none of them is shown. The last
// step of a settlement, the last mask, reads two salts and leaves
//
//	tokens' = hash("fold sealed prompt"; salt of the prompt, tokens)
//	said'   = hash("fold sealed output"; salt of the output, said, next)
//
// next being the token that no pass embeds. No constraint is on the salts, and no other
// step uses them. Both are uniform elements of the system's generator, drawn for one
// settlement, as are the coefficient and the blind of each mask (SettlementRun).
//
// # Blinds
//
// A step's blind is PRF(seed; name, statement, digest of all cells, commitment without
// the blind, H). Those of the weights are PRF(derived seed; tensor, record, segment), the
// derived seed being PRF(seed; fingerprint of the weights, key, layout, and for each
// segment its commitment without the blind, and H). So a blind stands for one point C of
// one key: if two commitments C + b H have one b, they are the same commitment, and their
// difference shows nothing. A key file with other points, under whatever id, has other
// points C and so other blinds. Each segment is blinded, those of zeros included; infinity
// only fills the chunks of five up. Masks of openings are from the system's generator.
//
// # The owner's check
//
// A run ends with its last step. What its steps leave are claims on weights, all in the
// claim chain of the state, and a running claim for each size class and the cache. Its
// owner checks these in the open (ownercheck.go), beside the recursion's proof that the
// steps lead from the first state to the last one z:
//
//	the chains of tokens, the position and the last choice in z are those of the statement
//	the claims of all steps, as the store has them, have the claim chain of z
//	sum_k rho^k v_k = sum_k rho^k M_k~(u_k, z_k) over these claims, by the weights, with rho
//	drawn from the system's generator when the claims are fixed
//	each running polynomial, replayed from model and store, has at its claim's point the
//	claimed value, and with its blind the claimed commitment
//	the weights are those committed to, by fingerprint and model id or by a new commitment
//
// This reads weights and store, and so convinces nobody else: others verify a settlement.
//
// # A settlement as steps
//
// It is entered once, at a pass's end, and never left (settletransition.go): steps of
// sums, of the second reading, a step for each step of the run, of the third reading,
// five segments a step, and of masks, a running claim a step. A claim on a
// table that the blocks of a step share is read for each of their records, with a power
// of the challenge for each. The third reading needs no challenge of its own for all
// segments: each step folds its segments into the claim on the weights by a rho that is
// drawn after their values were named. If one of them is false the claim is false from
// then on, but with probability 5/2^126 a step.
// LastState is the state that a verifier accepts. In the circuit their hashes borrow the
// permutations of the argument, which says nothing in such a step (lender).
package step
