// Package kernel holds the loops in which the time is spent: matrices of small
// integers times integer vectors (inference: Mul, MulWide, DotRows, SumRows) and
// times field vectors (the prover's passes over the weights: VecMat, MatVec), and
// the parallel loop they run in (For).
//
// # Guarantees
//
// All results are exact, for all inputs within the stated shapes, and do not
// depend on the machine or the number of cores. Every vector kernel has a
// portable twin in Go with the same results, which is what other machines run
// and what the tests compare, both with the definition.
//
// # Method
//
// On amd64 with AVX-512 VNNI, for integer vectors, a weight is split into one or
// two planes of magnitude at most 2^8, and what it is multiplied with is a 16-bit
// integer: an input or a limb of a wide input. VPDPWSSD then does 32 products an
// instruction, into 32-bit sums that are widened before they can overflow.
//
// For field vectors a weight is raised by an offset and split into one to three
// unsigned bytes, and the Montgomery residue of a field element into 32 signed
// digits of a byte: VPDPBUSD does 64 products, so each byte of a weight costs half
// an instruction. The 32-bit sums hold 2^16 terms. Where there is AMX, one of its
// instructions does 16,384 products in 16 cycles on the same layout, an eighth of
// that; what remains is reading the weights and taking them apart. The offset
// times the sum of the vector is taken off at the end.
//
// # Notation
//
// M[y,k] is the weight of output y and input k, with 0 <= y < rows and
// 0 <= k < cols; t counts tokens; matrices are row-major, batches token-major.
package kernel
