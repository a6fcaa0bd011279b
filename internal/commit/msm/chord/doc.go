// Package chord adds pairs of affine points, thousands at a time with one inversion,
// on eight lanes of 52-bit multipliers (AVX-512 IFMA). It serves any curve over a
// prime p of 254 bits whose coordinates are in Montgomery form with R = 2^256, as
// those of BN254 and Grumpkin in gnark-crypto; Available says whether the machine
// can, and package msm has the portable twin.
//
// # Method
//
// A block is eight pairs. Going forward, a block's points are read, transposed to
// limbs, and the product of the differences d = x2 - x1 of all blocks so far is kept
// before each block; going backward from the inverse of the whole product, each block
// gets 1/d, then the slope s = (y2 - y1)/d, x3 = s² - x1 - x2 and y3 = s(x1 - x3) - y1.
//
// # Number formats
//
// Inside, a number has five limbs of 52 bits, and a multiplication gives
// mul(a, b) = ab/2^260 mod p, below ab/2^260 + p. Write a₂₅₆ for a·2^256 mod p, the
// form in memory, and a₂₆₀ = 16·a₂₅₆, which is that form shifted by four bits. Then
// mul(a₂₆₀, b₂₅₆) = (ab)₂₅₆ and mul(a₂₆₀, b₂₆₀) = (ab)₂₆₀: differences and products are
// taken in the form 260, slopes in both, results in the form 256, and no conversion
// costs a multiplication. Numbers are reduced below p only when they are stored; the
// bounds, in units of p < 2^253.6, are
//
//	d₂₆₀ < 32, products and their inverses < 3, y2 - y1 < 2, s₂₅₆ < 2, s₂₆₀ < 32,
//	s² < 2, s² - x1 - x2 + 2p < 4, x1 - x3 + p < 2, s(x1 - x3) - y1 + p < 3
//
// and every product of two is below 2^260 p.
package chord
