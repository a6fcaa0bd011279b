// Package chord adds pairs of affine points, thousands at a time with one inversion, on
// eight lanes of 52-bit multipliers (AVX-512 IFMA). It supports any curve over a 254-bit
// prime field p whose coordinates are in Montgomery form with R = 2^256, such as BN254 and
// Grumpkin in gnark-crypto. Available reports whether the machine has the instructions;
// package msm has the portable version.
//
// # Method
//
// A block is eight pairs. The forward pass reads a block's points, transposes them to
// limbs, and stores for each block the product of the differences d = x2 - x1 of all
// earlier blocks. The backward pass starts from the inverse of the whole product and
// computes for each block 1/d, the slope s = (y2 - y1)/d, x3 = s² - x1 - x2 and y3 = s(x1 -
// x3) - y1.
//
// # Number formats
//
// Inside the kernels, a number has five limbs of 52 bits, and a multiplication computes
// mul(a, b) = ab/2^260 mod p, below ab/2^260 + p. Write a₂₅₆ for a·2^256 mod p, the form in
// memory, and a₂₆₀ = 16·a₂₅₆ for the memory form shifted left by four bits. Then mul(a₂₆₀,
// b₂₅₆) = (ab)₂₅₆ and mul(a₂₆₀, b₂₆₀) = (ab)₂₆₀: differences and products are in form 260,
// slopes in both forms, and results in form 256, so no conversion costs a multiplication.
// Numbers are reduced below p only when they are stored; the bounds, in units of p <
// 2^253.6, are
//
//	d₂₆₀ < 32, products and their inverses < 3, y2 - y1 < 2, s₂₅₆ < 2, s₂₆₀ < 32,
//	s² < 2, s² - x1 - x2 + 2p < 4, x1 - x3 + p < 2, s(x1 - x3) - y1 + p < 3
//
// and every product of two factors is below 2^260 p.
package chord
