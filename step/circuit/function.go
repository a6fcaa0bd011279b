// Package circuit is the circuit half of package step: the step function of a run over the
// variables of a gnark circuit, and its compilation with the circuits of package folding.
package circuit

import (
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/consensys/gnark/frontend"

	"fold.example/fold/folding"
	foldingcircuit "fold.example/fold/folding/circuit"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/r1cs"
	"fold.example/fold/r1cs/gadget"
	"fold.example/fold/step"
)

// Function is the step function of a run, with its circuit.
type Function struct{ *step.Function }

var _ foldingcircuit.Step = Function{}

// New prepares the step function of runs with parameters p. The error is that of
// step.NewFunction.
func New(p *step.Params) (Function, error) {
	f, err := step.NewFunction(p)
	return Function{f}, err
}

// Compile compiles the augmented circuit of a step function and the CycleFold circuit, in
// one to two seconds of core time.
func Compile(f Function) (*folding.Circuits, error) { return foldingcircuit.Compile(f) }

// CycleRelation returns the relation of the CycleFold circuit, the same for all step
// functions, and the sizes of its phases.
func CycleRelation() (*r1cs.Shape[fq.Element], []int, error) {
	return foldingcircuit.CycleRelation((&step.Function{}).Operations())
}

// Define adds one step to the augmented circuit. All points of a step are advice and are
// constrained to be canonical.
func (f Function) Define(c *gadget.Circuit, in *foldingcircuit.StepInput) (*foldingcircuit.StepOutput, error) {
	var points []gadget.NonNativePoint
	input := &step.FunctionInput[frontend.Variable]{
		Context: in.Context, Z: in.Z, Advice: in.Advice,
		Points: func(limbs [step.PointLimbs]frontend.Variable) [4]frontend.Variable {
			p := c.NonNativePoint(limbs)
			points = append(points, p)
			return [4]frontend.Variable(p.Encode(c))
		},
	}
	out, err := step.Constrain(f.Function, c, input, Mux(c))
	if err != nil {
		return nil, err
	}
	return &foldingcircuit.StepOutput{Z: out.Z, Rho: out.Rho, Points: step.ByOperation(points)}, nil
}

// Mux makes the settlement share the permutations of the argument (gadget.PermutationMux).
func Mux(c *gadget.Circuit) step.Mux[frontend.Variable] {
	return func(
		lent frontend.Variable, settle func(step.RangeBackend[frontend.Variable]) error,
	) (transcript.Backend[frontend.Variable], func() error) {
		m := gadget.NewPermutationMux(c, lent, func(client *gadget.MuxClient) error { return settle(client) })
		return m, m.Finish
	}
}
