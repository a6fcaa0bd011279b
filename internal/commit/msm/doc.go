// Package msm adds up BN254 points: Σ_i w_i P_i for small integers w and for field
// elements, and the bucket sums B_v = Σ_{i: w_i = v} P_i that all of it is made of.
// Package msm/grumpkin is its twin for Grumpkin.
//
// # Method
//
// Every sum is cut into windows of signed digits of c bits. A window is sorted by
// digit (package partition); points of one bucket are added in pairs, pairs of
// pairs, and so on, in affine coordinates with one inversion shared by thousands of
// additions, on eight lanes at a time (package chord). Opposite buckets are joined, and Σ v B_v is then
// again a sum with small weights, cut into digits of 8 bits, which ends in running
// sums. So a cell of up to 16 bits costs one addition, and the at most 65,535
// buckets two more each. Zero digits cost no addition. Pippenger's method; the
// affine additions follow Bernstein et al., Batch binary Edwards (2009), section 3,
// in spirit; signed digits are two's complement, so that a digit's bit pattern is
// its bucket.
//
// Scalars above r/2 are negated first. Those that are then below 2^15 are added up as
// small integers, so a witness of zeros, ones, small and full values costs what its
// parts cost, without being told apart by the caller.
//
// # Exactness
//
// An addition of a pair with equal x is a doubling or gives infinity, and (0, 0) is
// infinity: such pairs are found before the shared inversion, left out of it, and
// added one by one (adder.go). The results are exact for all points of the curve.
//
// # Two curves
//
// The text is written for one curve and copied for the other by gen.go, which only
// exchanges import paths. Type parameters would go through dictionaries in loops
// of a few nanoseconds, and through methods that gnark-crypto's point types share
// by name alone. A test fails when the copy is out of date.
//
// # Speed
//
// Processor time a scalar at 2^20 in units of gnark-crypto v0.22's MultiExp of the same
// data, measured together (Sapphire Rapids, two loaded cores; BenchmarkCommit and
// BenchmarkGnarkMultiExp of package commit):
//
//	u8    u16   s16   ternary  bits  full
//	0.22  0.17  0.04  0.03     0.13  0.42
//
// The portable additions cost about twice as much.
//
// # Memory
//
// For n points: 4 bytes a cell for the partition; 64 bytes a bucket; 2 bytes a
// window and cell for digits, in blocks of at most 2^20 cells (44 MiB full-size, 4
// to 8 MiB small); about 5 MiB a worker. Buffers are kept for the next call.
package msm

//go:generate go run gen.go
