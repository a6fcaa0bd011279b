// Package cyclefold holds the relation of the point operations of every step, the CycleFold
// circuit of folding/PROTOCOL.md, as an embedded file. The relation is a constant of the
// protocol. Compiling it requires the circuit compiler, which a verifier of proofs does not
// link. A test of package internal/recursion compares the file with the compiled circuit,
// and rewrites the file when the circuit is changed on purpose.
package cyclefold
