// Package curve has the two curves of the cycle, BN254's G1 and Grumpkin, and their scalar
// fields Fr and Fq, as values of one type each. What is the same on both curves is written
// once over a Curve or a Field.
//
// A Field and a Curve are tables of functions. One call through a table costs some
// nanoseconds, so that loops over long vectors call the functions on whole vectors
// (AddTo, Scale, Dot, ...), never those on single elements. Type parameters alone would not
// do: fr.Element and fq.Element have one underlying type, and the compiler calls their
// methods by way of a dictionary in every iteration.
//
// # Notation
//
// The first variable of a multilinear polynomial is the highest bit of an index, as in
// package poly. eq(a, b) = prod_i (a_i b_i + (1 - a_i)(1 - b_i)).
//
// # The transcript
//
// There is one transcript, over Fr. A Channel writes scalars and points of a curve into it:
//
//	                BN254                        Grumpkin
//	scalar          itself                       two limbs of 128 bits, the lower first
//	point           four limbs of 128 bits:      x, y
//	                x low, x high, y low, y high
//	infinity        zeros                        zeros
//	challenge       an element of Fr             an integer below 2^126
package curve
