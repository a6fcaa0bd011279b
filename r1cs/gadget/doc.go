// Package gadget has the circuits that the augmented circuit is built from, over BN254's
// Fr and over Fq, and Compile, which makes an r1cs.Solver of a circuit with gnark.
//
// What a folded circuit may use is narrower than what gnark offers. Nothing
// here calls api.Commit, directly or through rangecheck, lookups or emulated
// fields: in a folded instance there is no moment at which such a commitment
// could be made, and inside `go test` gnark silently replaces it by a random
// number. Divisions assert that the divisor is not zero (never DivUnchecked).
//
// Circuit is package arith's Arithmetic and package transcript's Backend over
// circuit variables. A verifier written over these two is a circuit as it
// stands; what the native verifier computes, the circuit constrains.
//
// # The permutation
//
// Poseidon2 costs three rows for each S-box x^5: 264 rows at width 4 and 459 at
// width 12, were it only for those. In the partial rounds all lanes but the
// first stay linear, and their expressions grow by one term a round, in three
// rows each. Every 14 rounds (width 4) or 29 (width 12) these lanes are put in
// wires of their own, at one row each: 9 and 11 rows more, and of 7,164 and
// 13,893 nonzero entries, which the solver and every matrix product pay, 3,297
// and 10,856 are left.
//
// # Points
//
// Curve is arithmetic on the curve whose coordinates are the circuit's field:
// Grumpkin over Fr, BN254's G1 over Fq. In rows,
//
//	a point, on the curve or infinity       6
//	complete addition                      18
//	multiplication by 126 bits          1,043   (the bits not counted)
//
// both the same on both curves. A wire for
// the ladder's ordinate after every 8 doublings costs 16 of the rows and leaves
// 6,539 of 22,374 nonzero entries.
//
// # Elements of Fq over Fr
//
// An element of Fq is three limbs of 86 bits in a circuit over Fr, canonical
// wherever it exists. MulAdd reduces a sum of products once. In rows,
//
//	an element, canonical                 287
//	a point of BN254                      574
//	a + r b, for r of 126 bits            598
//	a + b c + d e                         831
//
// where canonical results are included. Every range follows exactly from the
// operands' bounds when the circuit is made, which refuses sums that are too long.
// The product of two challenges is an operand for 6 rows, as it needs no reduction.
package gadget
