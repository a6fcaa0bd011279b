// Package kernel holds the loops in which the time is spent: matrices of small
// integers times integer vectors (inference) and times field vectors (the
// prover's passes over the weights), and the parallel loop they run in.
//
// Every assembly kernel has a portable twin in Go that gives the same bits, is
// what other architectures run, and is what the tests compare it with.
package kernel
