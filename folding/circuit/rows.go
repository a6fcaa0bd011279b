package circuit

import (
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark/constraint"
	"github.com/consensys/gnark/frontend"
	gnark "github.com/consensys/gnark/frontend/cs/r1cs"
)

// Part is a part of the augmented circuit, with its number of constraints.
type Part struct {
	Name string
	Rows int
}

// Rows compiles the augmented circuit of a step and returns its parts in order. The part
// "step" is the step's own circuit.
func Rows(step Step) (parts []Part, err error) {
	var builder frontend.Builder[constraint.U64]
	total := 0
	circuit := newAugmentedCircuit(step)
	circuit.trace = func(name string) {
		cs, compileErr := builder.Compile()
		if compileErr != nil {
			err = compileErr
			return
		}
		parts = append(parts, Part{name, cs.GetNbConstraints() - total})
		total = cs.GetNbConstraints()
	}
	newBuilder := func(f *big.Int, c frontend.CompileConfig) (frontend.Builder[constraint.U64], error) {
		b, err := gnark.NewBuilder[constraint.U64](f, c)
		builder = b
		return b, err
	}
	field, option := ecc.BN254.ScalarField(), frontend.IgnoreUnconstrainedInputs()
	if _, compileErr := frontend.Compile(field, newBuilder, circuit, option); compileErr != nil {
		return nil, fmt.Errorf("augmented circuit: %w", compileErr)
	}
	return parts, err
}
