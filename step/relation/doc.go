// Package relation defines the statement of one step of a run, without any cryptography: the
// integers of a pass of tokens through the embedding, through one or several transformer
// blocks, or through the head. A Program has the tensors, constraints, contractions, lookups
// and cache writes, and a Witness the values that a run of the model gives them. Check
// evaluates the relation on a witness.
//
// # Programs
//
// A step is a Program, which is a function of the model's configuration and the size of the
// pass. It consists of
//
//   - tensors, arrays of integers over named axes. An axis is padded to a power
//     of two; padding is dead: always zero. Those of the model and the lookup tables are
//     the lists of its architecture (RecordTensors, Program.Tables);
//   - constraints: a sum of products of at most two linear forms is zero in
//     every cell of a space;
//   - contractions: a tensor is a sum of products over the axes that it lacks
//     (a matrix product, a sum of squares, a row sum);
//   - lookups: a cell is a row of a table, or a pair of cells is;
//   - cache writes: the cache holds this pass's keys and values at the pass's
//     positions, and the pass changes nothing else.
//
// The constants that differ between layers, such as shifts, are not part of the program: they
// are named slots of LayerConstants.
//
// # Why a cell is pinned
//
// Every committed cell is a row of a range table (16 bits, signed or not), the
// input of a lookup, or advice that two constraints pin to one value. A rescale
// R(a, k) = floor((a + 2^(k-1))/2^k) becomes
//
//	2^(16n-k) (a - 2^k y) = a signed number of 16 n bits,
//
// which has exactly one solution y when y has a range: n = 1, 2, 3 cells for k up to 16, 32,
// 48. An inverse is pinned by two inequalities whose slacks are unsigned numbers. A constraint
// with a constant multiplies it by the mask of the live cells, so that the all-zero dead cell
// satisfies everything. Padding that is read is pinned to zero by the same constraints.
// Padding that is free is multiplied by the mask, or by a sum that is zero, wherever it is
// read: the inverse root of a dead token, the maximum and the softmax's inverse of a dead
// head, the exponent and its overflow at a masked position.
//
// # One output
//
// An id and a prompt determine at most one output, for any field elements that are committed
// to as weights and tables, also in the padding. Nothing checks the range of committed
// weights: with weights beyond the bounds that CheckBounds assumes, an equation holds only in
// the field. It still has at most one solution, because the unknowns have ranges. Below, F is
// the field and r its modulus. The cells are considered in the order in which they are
// computed: positions in order, and within a position layer by layer. All earlier cells and
// the weights are given.
//
//   - A contraction, the stream y, a square and the cache's window are functions of earlier
//     cells. Padding of weights is committed to, and read, like every other cell.
//   - A bias is read as the sum of 2^(16 i) times its parts, which may be any elements, where
//     the product of its matrix is rescaled, or by the down projection: M x + b is one given
//     element. In a dead token, the bias of q or k is multiplied by an angle, which reads as
//     zero there, that of the up matrix by s, which is zero as the gate is, and any other by
//     the mask.
//   - The row of an embedding is the token's: x is the token's one-hot row times the matrix,
//     and ids are below the vocabulary's size. Neither this row nor the input of the first
//     norm has a range.
//   - A rescale states 2^(16n) Y + R = A in F for a given A, with |Y| < 2^34 and R a number
//     of 16 n bits, n <= 3. The values 2^(16n) Y + R of different pairs (Y, R) are distinct
//     integers below 2^83, so they are distinct in F, and at most one of them is A. From
//     Y = y + over - under follow y, over and under, because over is zero unless y = 32767
//     and under is zero unless y = -32768. The argument does not need a lift to be a power of
//     two, nor a product to be within any bound.
//   - The inverse root i of v. The two constraints with slacks b, a in [0, 2^96) add up to
//     (2i+1) v = 1 + a + b in F: v is a number of at most 2^97 divided by an odd number below
//     2^49, p/q in lowest terms. Two such fractions are equal in F only if they are equal
//     rationals, because cross products stay below 2^146. Then q c = q b + i^2 p in F, with
//     both sides below 2^194, so that c is the same rational for every solution, and
//     i^2 v <= c < c + 1 <= (i+1)^2 v among rationals: i is the floor of the square root of
//     c/v. If v is no such fraction, in particular if v is zero, there is no solution.
//   - The maximum m is a score at an unmasked position, because the weights max.at add up to
//     1, are zero where masked, and are zero where the score is not m. Their distribution
//     over equal scores does not matter. If scores s and t are both maxima, lift (s - t) and
//     lift (t - s) are numbers below 2^49, so both are zero. Then s = t, or the lift is zero
//     and no margin depends on m.
//   - The exponent: lift (m - s) = 2^16 D + R with R of 16 bits and D = over - index + 65535
//     holds for at most one pair (D, R). One of over and index is zero, so D determines both.
//   - A lookup (lookups.go). Let w be the fingerprint of a cell in table T. The sum of the
//     inverses has at alpha = w + T beta^2 a pole whose residue is the number of such cells,
//     which is not zero in F. As polynomials in beta, the poles of different
//     (input, output, T) differ. So every cell other than (0, 0) is a row, and (0, 0) is row
//     0: in the range tables by their formula, in tables of pairs by the constraint
//     [row = 0] T(row) = 0. The inputs of the rows are public and all different, so one input
//     has one output; duplicate outputs do not matter. The counts are not pinned, and nothing
//     else reads them.
//   - A masked exponential is zero by a constraint. The sum S of exponentials, which may be
//     any element, is 1 + a + b with slacks of 32 bits, so S is in [1, 2^33). Then
//     inv = floor(2^K/S) follows from inequalities of integers below 2^82. Another S has no
//     solution.
//   - The input of a table of q, k, v or the gate is a rescaled cell, and its output is the
//     cell of that name: one input has one output. An added table has a pole of its own,
//     because its number T is.
//   - RoPE's tables are read at the token's position, which is below the context. Whatever
//     elements they have, a pair has one rotation, which is rescaled.
//   - The cache as read is, by its chains, what earlier passes and this pass wrote: keys and
//     values that are pinned. A position that is not yet written, or after the token, is
//     masked.
//   - The choice: if tokens a < b were both chosen at one position, the leads of each over
//     the other, numbers of 48 bits, would add up to -1.
//   - The free cells are listed above. Each is multiplied by a mask or by a sum that is zero.
//     A dead token, head or position contributes to nothing.
//   - A ternary matrix is committed to with its multiplier: its cells are elements like the
//     cells of other matrices. The model id covers the exponents of all layers, and
//     each step computes its lifts from their bits. The constants of the norms are constants
//     of the program.
//
// The division of a run into passes and steps does not matter. A constraint reads a token's
// own cells and the cache, so the sizes of passes change nothing. Neither does the number of
// positions, because the window of a cache is at its position. The blocks of one step share
// tables: a claim on a table
// is a claim on the table of each of these records. Records that differ therefore have no
// proof together in one step.
//
// So abnormal contents of a model can make outputs unprovable, but never make two outputs
// provable. An output has no proof if a rescaled value leaves its 16 or 32 bits without
// saturating, if v is no small fraction, if a sum of exponentials is not in [1, 2^33), if
// logits are 2^48 apart, if row 0 of a table is not zero, or if the records that a step opens
// together disagree.
//
// The assumptions are that the commitments are binding (to the model's segments of
// 2^SegmentBits cells each, and to the polynomials of the steps), that the hashes of id, state
// and chains have no collisions, and that arguments, settlement and recursion are sound. The
// reasoning about poles and points fails with at most the error of the argument: a degree
// below 2^32 over r for each challenge, and 6/2^126 for each rho. TestOneOutput searches for
// second outputs, and TestTwoOutputs checks that this search finds the second outputs of a
// relation without the constraint on row 0.
package relation
