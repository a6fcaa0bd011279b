// Package recursion joins package step and package folding. It makes the step function of a
// run a folding.Step, compiles its augmented circuit, folds steps into one state, and makes
// the compressed proof of a finished state with package folding/spartan. It imports the
// circuit packages; package proof, which verifies, does not.
package recursion
