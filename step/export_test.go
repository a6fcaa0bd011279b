package step

import (
	"github.com/consensys/gnark/frontend"

	"fold.example/fold/r1cs/gadget"
)

// Internal tests of package step cannot import package circuit, which imports step. The
// external tests of this folder set these variables to the functions of package circuit.
var (
	// DefineFunction adds a step function to a circuit and returns the next state.
	DefineFunction func(
		c *gadget.Circuit, f *Function, context frontend.Variable, z, advice []frontend.Variable,
	) ([]frontend.Variable, error)
	// MuxOf makes the settlement share the permutations of the argument.
	MuxOf func(c *gadget.Circuit) Mux[frontend.Variable]
)
