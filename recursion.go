package fold

import (
	"github.com/consensys/gnark-crypto/ecc/bn254"

	"fold/folding"
	"fold/r1cs"
	"fold/step"
)

// stepFunction is the step function of a run as package folding takes it, which knows
// no more of it than this.
type stepFunction struct{ *step.Function }

var _ folding.Step = stepFunction{}

// Operations are those of every step: the commitments of a step are folded into a
// running claim, what a pass adds to the cache is added to it, and both are folded into
// the running claim on the cache.
func (stepFunction) Operations() []folding.Operation {
	return []folding.Operation{folding.Horner(5), folding.Sum(), folding.Horner(2)}
}

// Define adds one step to the augmented circuit.
func (f stepFunction) Define(c *r1cs.Circuit, in *folding.StepInput) (*folding.StepOutput, error) {
	out, err := f.Function.Define(c, in.Context, in.Z, in.Advice)
	if err != nil {
		return nil, err
	}
	return &folding.StepOutput{Z: out.Z, Rho: out.Rho, Points: byOperation(out.Points[:])}, nil
}

// foldingWitness is what a prover of a recursion takes of a step.
func foldingWitness(w *step.FunctionWitness) *folding.StepWitness {
	return &folding.StepWitness{Advice: w.Advice, Z: w.Z, Rho: w.Rho, Points: byOperation[bn254.G1Affine](w.Points[:])}
}

// byOperation lists the points of each operation.
func byOperation[P any](points []P) (lists [][]P) {
	for _, operands := range step.Operands() {
		var list []P
		for _, i := range operands {
			list = append(list, points[i])
		}
		lists = append(lists, list)
	}
	return lists
}
