// Package arith defines the arithmetic that verifiers are written over.
//
// A verifier in fold is written once, as a function generic over the element type E, and
// instantiated twice: with field elements (this package's Native) when a verifier runs
// natively, and with circuit variables (package r1cs) when the next step of the incremental
// proof verifies it. The two instances therefore agree by construction.
//
// Both instances compute in Fr, the scalar field of BN254.
package arith
