package step_test

import (
	"github.com/consensys/gnark/frontend"

	foldingcircuit "fold.example/fold/folding/circuit"
	"fold.example/fold/r1cs/gadget"
	"fold.example/fold/step"
	"fold.example/fold/step/circuit"
)

func init() {
	step.DefineFunction = func(
		c *gadget.Circuit, f *step.Function, context frontend.Variable, z, advice []frontend.Variable,
	) ([]frontend.Variable, error) {
		in := &foldingcircuit.StepInput{Context: context, Z: z, Advice: advice}
		out, err := circuit.Function{Function: f}.Define(c, in)
		if err != nil {
			return nil, err
		}
		return out.Z, nil
	}
	step.MuxOf = circuit.Mux
}
