package r1cs

import "fold.example/fold/internal/curve"

// Solver is a compiled circuit: its relation and a function that solves it. Package gadget
// compiles circuits to Solvers. Code that takes a Solver solves circuits without linking a
// compiler.
type Solver[E curve.Element] interface {
	// Shape returns the relation of the circuit.
	Shape() *Shape[E]
	// Inputs returns the number of private inputs. All other private variables follow
	// from the inputs. The private inputs are the first values of a Solution's W.
	Inputs() int
	// Solve returns the assignment for Shape().Public() public inputs and Inputs() private
	// ones, both in the order in which the circuit declares them. The error wraps ErrLength
	// if there are fewer or more, and ErrUnsatisfied if some constraint cannot hold.
	Solve(public, private []E) (*Solution[E], error)
}

// Solution is an assignment that satisfies a circuit, with its products Az, Bz and Cz.
type Solution[E curve.Element] struct {
	X, W     []E         // public and private values
	Products Products[E] // for z = (1, X, W)
}
