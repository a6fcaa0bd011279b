// Package folding proves any number of steps of a function with a proof of constant
// size: incrementally verifiable computation by Nova (Kothapalli, Setty, Tzialla,
// eprint 2021/370) with CycleFold (Kothapalli, Setty, eprint 2023/1192) over the cycle
// BN254 and Grumpkin. PROTOCOL.md is the normative text.
//
// # Use
//
// A Step is the function: the sizes of its state z and its advice, and the operations with
// points that it makes. Package circuit adds the step's circuit and compiles Circuits,
// NewParams adds commitment keys, Start begins a run, Prove adds a step, Verify checks
// a State, and Encode and Decode keep it. Compiling 96,000 rows takes half a second, so
// that no compiled circuit is stored.
//
// This package links no compiler of circuits. A prover, and who decodes or verifies a
// State, gets Circuits from package circuit. Who verifies a compressed proof needs a
// Verifier alone, which has no circuits.
//
// # Notation
//
// As in the papers: a running instance U = (W, E, u, x) has commitments W and E to
// the witness and the error vector, a factor u and public inputs x. A fresh one
// is (W, x); that its u is 1 and its E is zero is its type, not a value that
// someone could choose. T is the cross term and r the challenge:
//
//	W' = W + r W2    E' = E + r T    u' = u + r    x' = x + r x2
//
// on the commitments as on the vectors and their blinds. After i steps U_i is the
// running instance on BN254, u_i the fresh one of the last step, and cfU_i the running
// instance on Grumpkin, whose steps are the point operations of both.
//
// # What it guarantees
//
// Who knows a state that Verify accepts for z_0 knows advice for I steps that lead from
// z_0 to z_I, or can break a commitment or the hash: in the random oracle model, with
// challenges of 126 bits, and with Nova's assumption that a recursion of unbounded
// depth can be extracted from.
//
// What the prover draws, the circuit draws from the same numbers in the same order: the
// transcripts are written once, over a backend. The CycleFold instance is committed to
// in two phases: points and their arithmetic before the challenges of the fingerprint
// that ties them to the augmented circuit are drawn, the fingerprint after.
//
// Verify recomputes all commitments and relations and compares every length. The
// decoder accepts what the encoder writes and nothing else.
//
// # Secrecy
//
// Commitments hide if blinds are uniform and used once. They come from the caller, as a
// function of a label and a digest of everything that is hidden, and of the commitment
// without its blind. A blind of zero is
// refused. States are their owner's secret.
//
// # Cost
//
// The prover keeps Az, Bz and Cz of the running instance, which are linear in z, and so
// T costs no pass over the matrices. A step costs little more than the two commitments
// to full-size vectors that every step of Nova makes (BenchmarkFoldStep prints both):
// at 95,000 rows 0.4 core-seconds on a Xeon with AVX-512, in 6.2 MB of state.
//
// The augmented circuit has 17,622 rows without a step and the CycleFold circuit 1,919.
package folding
