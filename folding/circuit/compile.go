package circuit

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/consensys/gnark/frontend"

	"fold.example/fold/folding"
	"fold.example/fold/r1cs"
	"fold.example/fold/r1cs/gadget"
)

// Compile compiles both circuits of a step. It fails if the step's output does not
// have the form that the step announces, or if a circuit cannot be folded.
func Compile(step Step) (*folding.Circuits, error) {
	if step.Width() < 1 {
		return nil, fmt.Errorf("a state of %d elements, want at least 1", step.Width())
	}
	augmented, err := gadget.Compile[fr.Element](newAugmentedCircuit(step))
	if err != nil {
		return nil, fmt.Errorf("augmented circuit: %w", err)
	}
	whole, first, err := CompileCycleFold(step.Operations())
	if err != nil {
		return nil, err
	}
	return folding.NewCircuits(step, augmented, whole, first)
}

// CompileCycleFold compiles the CycleFold circuit for steps with these operations, and its
// first phase alone.
func CompileCycleFold(step []folding.Operation) (whole, first *gadget.System[fq.Element], err error) {
	first, err = gadget.Compile[fq.Element](newCycleCircuit(step, true), frontend.IgnoreUnconstrainedInputs())
	if err != nil {
		return nil, nil, fmt.Errorf("CycleFold, first phase: %w", err)
	}
	if whole, err = gadget.Compile[fq.Element](newCycleCircuit(step, false)); err != nil {
		return nil, nil, fmt.Errorf("CycleFold: %w", err)
	}
	return whole, first, nil
}

// CycleRelation returns the relation of the CycleFold circuit for steps with these
// operations, and its phases, as folding.Params.Relations does. It does not depend on the
// step's circuit.
func CycleRelation(step []folding.Operation) (*r1cs.Shape[fq.Element], []int, error) {
	whole, first, err := CompileCycleFold(step)
	if err != nil {
		return nil, nil, err
	}
	end := first.Shape().Private()
	return whole.Shape(), []int{end, whole.Shape().Private() - end}, nil
}
