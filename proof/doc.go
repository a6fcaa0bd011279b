// Package proof verifies compressed proofs: bytes against bytes. It is what a third party links.
//
// [Verify] takes the bytes of a proof and of a verification key and says what was proven. It
// reads no file, knows no store and no model: SPEC.md in this folder is normative for every
// byte, and testdata has a proof and a key. What a verifier must know besides is which key to
// trust: [Expected] has its digest. [DecodeKey], [VerificationKey.Vouched] and
// [VerificationKey.Check] are the parts of Verify, for who derives the key instead (package
// fold, DeriveVerifierKey).
//
// # What is accepted
//
// A proof is accepted if its head names the key, if the recursion's last instance and the
// running claims satisfy the last argument of package folding/spartan in the context of every
// byte before that argument, and if the statement is the one expected. Errors wrap
// ErrRejected of package fold otherwise. No decoder panics or allocates more than a constant times
// the bytes that it is given.
//
// # Notation
//
// P tokens of a prompt are followed by N tokens of an output. Passes of 2^b tokens cover the
// positions 0 to P+N-2. Body and Head are the two chains of a model id; U, u, W, E, T are those
// of folding/PROTOCOL.md.
package proof
