// Package gadget has the circuits that the augmented circuit is built from, over Fr and Fq of
// BN254, and Compile, which compiles a circuit to an r1cs.Solver with gnark.
//
// A folded circuit may use only a part of gnark. Nothing in this package calls api.Commit,
// directly or through rangecheck, lookups or emulated fields: a folded instance has no round
// in which such a commitment could be made, and inside `go test` gnark silently replaces it by
// a random number. Divisions assert that the divisor is not zero (never DivUnchecked).
//
// Circuit implements package arith's Arithmetic and package transcript's Backend over circuit
// variables. A verifier that is written over these two interfaces is also a circuit: the
// circuit constrains the values that the native verifier computes.
//
// # The permutation
//
// Poseidon2 costs three rows for each S-box x^5: 264 rows at width 4 and 459 at width 12 for
// the S-boxes alone. In the partial rounds all lanes except the first stay linear, and their
// expressions grow by one term a round, in three rows each. Every 14 rounds (width 4) or 29
// rounds (width 12) these lanes get wires of their own, at one row each. This costs 9 and 11
// more rows, and reduces the nonzero entries, for which the solver and every matrix product
// pay, from 7,164 to 3,297 and from 13,893 to 10,856.
//
// # Points
//
// Curve is arithmetic on the curve whose coordinates are the circuit's field:
// Grumpkin over Fr, BN254's G1 over Fq. In rows,
//
//	a point, on the curve or infinity       6
//	complete addition                      18
//	multiplication by 126 bits            918   (the bits not counted)
//	by an endoscalar, on BN254's G1       529   (the bits not counted)
//
// The first three cost the same on both curves. A wire for the ladder's y coordinate after every 8
// doublings takes 16 of the rows of a multiplication and leaves a third of its nonzero entries.
//
// # Elements of Fq over Fr
//
// An element of Fq in a circuit over Fr is three limbs of 86 bits, which are always canonical.
// MulAdd reduces a sum of products once. In rows,
//
//	an element, canonical                 287
//	a point of BN254                      574
//	a + r b, for r of 126 bits            598
//	a + b c + d e                         831
//
// The rows include the canonical results. Every range follows exactly from the bounds of the
// operands when the circuit is made; a sum that is too long is refused. The product of two
// challenges needs no reduction and is an operand for 6 rows.
package gadget
