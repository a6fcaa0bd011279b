// Package cyclefold has the relation of the point operations of every step, the CycleFold
// circuit of folding/PROTOCOL.md, as a file in the program. It is a constant of the protocol, and
// compiling it takes the compiler of circuits, which a verifier of proofs does not link. A test
// of package internal/recursion compares the file with the circuit that the compiler makes, and
// writes it where that is meant to change.
package cyclefold
