// Package protocol has the parts of the recursion that prover, verifier and circuits
// compute alike, each written once: hashes and transcripts over a backend, which is native
// or a circuit, and the fingerprint of the point operations over any arithmetic.
// PROTOCOL.md in package folding is the normative text, and its sections are cited here.
package protocol

const (
	// BN254 is the curve's name in domains and tags.
	BN254 = "bn254"
	// Grumpkin is the curve's name in domains and tags.
	Grumpkin = "grumpkin"

	// FactorBits bounds a factor u of Grumpkin, a sum of 126-bit challenges, so that it
	// is one element of Fr and has one encoding (PROTOCOL.md, section 3).
	FactorBits = 248

	// CyclePublic is the number of public inputs of a CycleFold instance: the words and phi.
	CyclePublic = FingerprintWords + 1
)
