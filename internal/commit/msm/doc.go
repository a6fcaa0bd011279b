// Package msm computes multi-scalar multiplications on BN254's G1: Σ_i w_i P_i for small
// integers w and for field elements, and the bucket sums B_v = Σ_{i: w_i = v} P_i that both
// are computed from. Package msm/grumpkin is the same code for Grumpkin.
//
// # Method
//
// The method is Pippenger's. Scalars are split into windows of signed digits of c bits. A
// window is sorted by digit (package partition). The points of a bucket are added in pairs,
// the sums again in pairs, and so on, in affine coordinates. One inversion is shared by
// thousands of additions, which run on eight lanes (package chord); the shared inversion is
// as in Bernstein et al., Batch binary Edwards (2009), section 3. Opposite buckets are
// combined. Σ v B_v is then again a sum with small weights; these are split into digits of
// 8 bits, and running sums finish it. A cell of up to 16 bits therefore costs one addition,
// and each of the at most 65,535 buckets two more. Zero digits cost no addition. Signed
// digits are in two's complement, so a digit's bit pattern is its bucket number.
//
// Scalars above r/2 are negated first. Scalars that are then below 2^15 are treated as
// small integers. A witness of zeros, ones, small and full-size values therefore costs as
// much as its parts; the caller need not separate them.
//
// # Exactness
//
// A pair with equal x is a doubling or sums to infinity, and (0, 0) encodes infinity. Such
// pairs are detected before the shared inversion, excluded from it, and added one by one
// (adder.go). The results are exact for all points of the curve.
//
// # Two curves
//
// The code is written for BN254 and copied for Grumpkin by gen.go, which only replaces
// import paths. Generic code would call methods through dictionaries in loops of a few
// nanoseconds; besides, gnark-crypto's point types have no common interface. A test fails
// if the copy is out of date.
//
// # Speed
//
// Core time per scalar at 2^20 scalars, relative to gnark-crypto v0.22's MultiExp on the
// same data, measured together (Sapphire Rapids, two loaded cores; BenchmarkCommit and
// BenchmarkGnarkMultiExp of package commit):
//
//	u8    u16   s16   ternary  bits  full
//	0.22  0.17  0.04  0.03     0.13  0.42
//
// The portable additions cost about twice as much.
//
// # Memory
//
// For n points: 4 bytes per cell for the partition; 64 bytes per bucket; 2 bytes per window
// and cell for digits, in blocks of at most 2^20 cells (44 MiB for full-size scalars, 4 to
// 8 MiB for small ones); about 5 MiB per worker. Buffers are kept for the next call.
package msm

//go:generate go run gen.go
