// Package curve represents the two curves of the cycle, BN254's G1 and Grumpkin, as values
// of type Curve, and their scalar fields Fr and Fq as values of type Field. Code for both
// curves is written once over these types.
//
// A Field and a Curve are tables of functions. One call through a table costs some
// nanoseconds, so loops over long vectors call the functions on whole vectors (AddTo,
// Scale, Dot, ...), never the functions on single elements. Type parameters would not avoid
// this cost: fr.Element and fq.Element have the same underlying type, so the compiler calls
// their methods through a dictionary in every iteration.
//
// # Notation
//
// The first variable of a multilinear polynomial is the highest bit of an index, as in
// package poly. eq(a, b) = prod_i (a_i b_i + (1 - a_i)(1 - b_i)).
//
// # The transcript
//
// There is one transcript, over Fr. A Channel absorbs scalars and points of a curve into
// it:
//
//	                BN254                        Grumpkin
//	scalar          itself                       two limbs of 128 bits, the lower first
//	point           four limbs of 128 bits:      x, y
//	                x low, x high, y low, y high
//	infinity        zeros                        zeros
//	challenge       an element of Fr             an integer below 2^126
package curve
