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
// All magnitudes stay below half of the field's modulus, by interval arithmetic
// over the program (CheckBounds): an identity in the field is one of integers.
package step
