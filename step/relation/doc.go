// Package relation defines the statement of one step of a run, without any cryptography: the
// integers of a pass of tokens through the embedding, through one or several transformer
// blocks, or through the head, as a Program of tensors, constraints, contractions, lookups
// and cache writes; and the Witness that a run of the model lays out for it. Check evaluates the
// relation on a witness.
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
//   - cache writes: the cache holds this pass's keys and values at the pass's
//     positions, and the pass changes nothing else.
//
// The constants that differ between layers, shifts above all, are not part of
// the program: they are named slots of LayerConstants.
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
package relation
