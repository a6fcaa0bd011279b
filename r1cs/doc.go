// Package r1cs has rank-one constraint systems as sparse matrices: the relations of folded
// instances, the checks of assignments, and the digest that identifies a relation. It links no
// circuit compiler: package gadget compiles circuits to shapes, and code that solves circuits
// receives them as the interface Solver.
//
// # Relaxed R1CS
//
// A Shape has the matrices A, B, C of a compiled circuit. For z = (u, x, w), with Public
// values x and Private values w, an assignment satisfies the relaxed R1CS of Nova (Kothapalli,
// Setty, Tzialla, eprint 2021/370, section 4.1) if in every row
//
//	Az * Bz = u Cz + e.
//
// An ordinary assignment has u = 1 and e = 0. gnark's column of ones is the column of u. Every
// length is compared with the shape: no vector is truncated or padded, and an empty vector
// does not denote zeros. Digest identifies the relation, and the text that Export writes can
// be checked without this package.
//
// An entry takes 8 bytes, a column and the index of a coefficient, because circuits have few
// distinct coefficients. A product with an entry of 1 or -1 costs an addition.
//
// # Elements of Fq over Fr
//
// Hashes and circuits over Fr write an element of Fq as three limbs of 86 bits, lowest
// first (NonNativeLimbs), and a point of BN254's G1 as three elements of Fr (PackPoint).
//
// # Two fields
//
// Types are generic over the element, of Fr or Fq. Arithmetic is not: through a type
// parameter, every operation on an element would be a call through a dictionary, which cannot
// be inlined and moves its operands to the heap. The call takes some two nanoseconds, as long
// as an addition. The loops over rows and vectors are therefore written once for Fr, in fr.go,
// and gen.go generates the same text for Fq. A test compares the two.
package r1cs
