package circuit

import (
	"fmt"
	"slices"

	"github.com/consensys/gnark/frontend"

	"fold.example/fold/folding"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/r1cs/gadget"
)

// Step is a step function with its circuit.
type Step interface {
	folding.Step
	// Define adds one step to the augmented circuit.
	Define(c *gadget.Circuit, in *StepInput) (*StepOutput, error)
}

// StepInput is what a step's circuit reads.
type StepInput struct {
	// Context is folding.Context of the parameters, i and z_i: where this step
	// stands in its run.
	Context frontend.Variable
	// Z and Advice have Width and Advice elements. Z at step 0 is z_0.
	Z, Advice []frontend.Variable
}

// StepOutput is what a step's circuit states. Every element of it must be determined
// by constraints; that the points' operations hold is constrained elsewhere.
type StepOutput struct {
	// Z is the next state, of Width elements.
	Z []frontend.Variable
	// Rho is the bits of rho, lowest first, each constrained to be a bit:
	// transcript.ChallengeBits of them, or none if no operation is a Horner.
	Rho []frontend.Variable
	// Points has, for each operation, its inputs P_0, P_1, ... and then its result.
	// No point is known to be on its curve before the CycleFold circuit has seen it; none
	// need be. All of them, also those that the state holds in some form, are limbs that
	// were constrained in this step, which is how a NonNativePoint is made: that a state
	// was written by an honest step follows from its point operations, and these from the
	// ranges of limbs, never the other way round.
	Points [][]gadget.NonNativePoint
}

// checkOutput compares the form of an output with what the step announced.
func checkOutput(s Step, out *StepOutput) error {
	operations := s.Operations()
	horner := slices.ContainsFunc(operations, func(o folding.Operation) bool { return o.Degree() > 0 })
	switch {
	case len(out.Z) != s.Width():
		return fmt.Errorf("a state of %d elements, want %d", len(out.Z), s.Width())
	case len(out.Points) != len(operations):
		return fmt.Errorf("points of %d operations, want %d", len(out.Points), len(operations))
	case horner && len(out.Rho) != transcript.ChallengeBits, !horner && len(out.Rho) != 0:
		return fmt.Errorf("%d bits of rho, want %d, or none without a Horner", len(out.Rho), transcript.ChallengeBits)
	}
	for i, o := range operations {
		if n := len(out.Points[i]); n != o.Inputs()+1 {
			return fmt.Errorf("operation %d: %d points, want %d", i, n, o.Inputs()+1)
		}
	}
	return nil
}
