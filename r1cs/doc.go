// Package r1cs has rank-one constraint systems as matrices: the relations of folded
// instances, the checks of assignments, and the digest that identifies a relation. It
// links no compiler of circuits. Package gadget compiles circuits to what this package
// describes, and code that solves circuits takes them as the interface Solver.
//
// # Relaxed R1CS
//
// A Shape is the matrices A, B, C of a compiled circuit. For z = (u, x, w), with Public values x and Private
// values w, an assignment satisfies it if in every row
//
//	Az * Bz = u Cz + e,
//
// where u = 1 and e = 0 in an ordinary one. gnark's column of ones is the column
// of u. Every length is compared with the shape's, everywhere: no vector is cut,
// filled up, or taken to be zero because it is empty. Digest identifies the
// relation, and the text that Export writes can be checked without this package.
//
// Entries are 8 bytes, a column and the index of a coefficient, because circuits
// have few coefficients; and those that are 1 or -1 cost an addition.
//
// # Elements of Fq over Fr
//
// Hashes and circuits over Fr write an element of Fq as three limbs of 86 bits, lowest
// first (NonNativeLimbs), and a point of BN254's G1 as three elements of Fr (PackPoint).
//
// # Two fields
//
// Types are generic over the element, of Fr or Fq. Arithmetic is not: through a
// type parameter every operation on an element would be a call by way of a
// dictionary, which can neither be inlined nor keep its operands off the heap, at
// some two nanoseconds for an addition that costs two. So the loops over rows and
// vectors are written once for Fr, in fr.go, and gen.go makes of it the same text
// for Fq. A test compares the two.
package r1cs
