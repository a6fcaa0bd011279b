// Package kernel contains the hot loops: products of matrices of small integers with
// integer vectors (inference: Mul, MulWide, DotRows, SumRows) and with field vectors (the
// prover's passes over the weights: VecMat, MatVec), and the parallel loop that they run in
// (For).
//
// # Guarantees
//
// All results are exact for all inputs of the stated shapes, and do not depend on the
// machine or the number of cores. Every vector kernel has a portable twin in Go with the
// same results. Machines without the vector instructions run the twin; tests compare both
// with the definition.
//
// # Method
//
// On amd64 with AVX-512 VNNI, for integer vectors, a weight is split into one or two
// planes of magnitude at most 2^8. The other factor is a 16-bit integer: an input, or a
// limb of a wide input. VPDPWSSD computes 32 products an instruction and adds them to
// 32-bit sums, which are widened before they can overflow.
//
// For field vectors an offset is added to a weight, and the sum is split into one to three
// unsigned bytes; the Montgomery residue of a field element is split into 32 signed digits
// of a byte. VPDPBUSD computes 64 products, so each byte of a weight costs half an
// instruction. The 32-bit sums hold 2^16 terms. With AMX, one instruction computes 16,384
// products in 16 cycles on the same layout, an eighth of the cost; reading and splitting
// the weights then dominates. At the end, the offset times the sum of the vector is
// subtracted.
//
// # Notation
//
// M[y,k] is the weight of output y and input k, with 0 <= y < rows and
// 0 <= k < cols; t counts tokens; matrices are row-major, batches token-major.
package kernel
