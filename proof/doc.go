// Package proof verifies compressed proofs. It is the only package of this module that a third
// party needs to link.
//
// [Verify] takes the bytes of a proof and of a verification key and returns what the proof
// states. It reads no file and needs no store and no model. SPEC.md in this folder is
// normative for every byte; testdata has a proof and a key. The verifier must also know which
// key to trust: its digest is [Expected.KeyDigest]. Verifiers that derive the key themselves
// (package fold, DeriveVerifierKey) call the parts of Verify instead: [DecodeKey],
// [VerificationKey.Vouched] and [VerificationKey.Check].
//
// # What is accepted
//
// A proof is accepted if its head names the key, if the last instance of the recursion and the
// running claims satisfy the last argument of package folding/spartan, with all bytes before
// that argument as its context, and if the statement is the expected one. Otherwise the error
// wraps ErrRejected of package fold. No decoder panics or allocates more than a constant times
// the bytes of its input.
//
// # Notation
//
// P tokens of a prompt are followed by N tokens of an output. Passes of 2^b tokens cover the
// positions 0 to P+N-2. Constants, Body and Head are the three hashes of a model id. U, u, W, E and T
// are as in folding/PROTOCOL.md.
package proof
