// Package circuit has the circuits of the recursion of package folding: the augmented
// circuit, with a step function in it, and the CycleFold circuit. It is the only part of
// the recursion that links gnark's compiler. Compile returns a folding.Circuits, with
// which package folding proves, decodes and verifies.
//
// The circuits draw the challenges that the prover draws from the same numbers in the same
// order: hashes and transcripts are those of folding/internal/protocol, over circuit
// variables. PROTOCOL.md in package folding is the normative text.
package circuit
