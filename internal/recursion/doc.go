// Package recursion joins package step and package folding: it makes the step function of a
// run a folding.Step, compiles its augmented circuit, folds steps into one state, and makes
// the compressed proof of a finished state with package folding/spartan. It imports circuits;
// package proof, which verifies, does not.
package recursion
