// Package folding folds instances of R1CS on both curves of the cycle BN254 and
// Grumpkin, with Nova's non-interactive folding scheme (Kothapalli, Setty,
// Tzialla, eprint 2021/370, section 4). PROTOCOL.md is the normative text.
//
// # Notation
//
// As in the paper: a running instance U = (W, E, u, x) has commitments W and E to
// the witness and the error vector, a factor u and public inputs x. A fresh one
// is (W, x); that its u is 1 and its E is zero is its type, not a value that
// someone could choose. T is the cross term and r the challenge:
//
//	W' = W + r W2    E' = E + r T    u' = u + r    x' = x + r x2
//
// on the commitments as on the vectors and their blinds.
//
// # What it guarantees
//
// Who knows a witness of the folded instance, for a T that was fixed before r was
// drawn, knows one of each instance that was folded, or can break a commitment:
// three accepting transcripts give both. r has 126 bits, so that an attempt
// succeeds with probability about 2^-125, in the random oracle model.
//
// Prove and Verify draw r alike, from everything: the parameters, the running
// instance by its digest, the fresh one and T. The running instance is absorbed
// on both curves. On Grumpkin this is essential, as a CycleFold instance carries no
// hash of it in its public input. Challenge and Digest are generic over the
// transcript's backend, and a circuit draws what the prover drew.
//
// Check recomputes both commitments and the relation, and compares every length.
//
// # Secrecy
//
// Commitments hide if blinds are uniform and used once. Deriving them is the
// caller's part, since only the caller knows what else they are bound to; a blind
// of zero is refused, for the witness and for T.
//
// # Cost
//
// The prover keeps Az, Bz and Cz of the running instance, which are linear in z,
// and so T costs no pass over the matrices: three multiplications a row and the
// products of the fresh instance, which its solver has found. What remains is the
// commitment to T: a fold of a circuit without small witnesses is about 1.1 times
// one of the two commitments that a step makes anyway (BenchmarkFold, which
// prints both).
//
// In a circuit, the digest and the challenge for two public inputs are 2,191 rows
// on BN254 and 1,918 on Grumpkin.
package folding
