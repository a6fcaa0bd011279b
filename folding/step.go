package folding

import (
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/frontend"

	"fold/internal/transcript"
	"fold/r1cs"
)

// Operation is a computation with points of BN254's G1 that a step states and the
// CycleFold circuit carries out. Make one with Sum or Horner.
type Operation struct {
	degree int // of a Horner; 0 is a sum
}

// Sum is P_0 + P_1.
func Sum() Operation { return Operation{} }

// Horner is P_0 + rho (P_1 + rho (P_2 + ... + rho P_n)), n at least 1. All Horners
// of a step have one rho.
func Horner(n int) Operation {
	if n < 1 {
		panic("folding: a Horner of no multiplication")
	}
	return Operation{n}
}

// Inputs returns the number of points that the operation is made of, which stand
// before its result wherever it is listed.
func (o Operation) Inputs() int { return max(o.degree, 1) + 1 }

// Step is a step function: z_{i+1} = F(z_i, advice). Nothing here may depend on data;
// every step of a run has the same rows.
type Step interface {
	// Width is the number of elements of the state z, at least 1.
	Width() int
	// Advice is the number of elements that the circuit reads besides the state.
	Advice() int
	// Operations lists the point operations that every step makes.
	Operations() []Operation
	// Digest identifies the step function beyond its circuit, for example the
	// protocol that it verifies. The parameters' digest covers it.
	Digest() [32]byte
	// Define adds one step to the augmented circuit.
	Define(c *r1cs.Circuit, in *StepInput) (*StepOutput, error)
}

// StepInput is what a step's circuit reads.
type StepInput struct {
	// Context is the function Context of the parameters, i and z_i: where this step
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
	// were constrained in this step, which is how a ForeignPoint is made: that a state was
	// written by an honest step follows from its point operations, and these from the
	// ranges of limbs, never the other way round.
	Points [][]r1cs.ForeignPoint
}

// checkOutput compares the form of an output with what the step announced.
func checkOutput(s Step, out *StepOutput) error {
	operations := s.Operations()
	horner := slices.ContainsFunc(operations, func(o Operation) bool { return o.degree > 0 })
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

// StepWitness is what a prover hands over for one step.
type StepWitness struct {
	// Advice is what the circuit reads.
	Advice []fr.Element
	// Z is the next state, which the circuit must compute as well.
	Z []fr.Element
	// Rho is below 2^126, and 0 if no operation is a Horner.
	Rho fr.Element
	// Points are those of StepOutput.
	Points [][]bn254.G1Affine
}

// Context identifies the place of a step in a run: the hash of pp, i, and the hash of
// z_i. A step binds its transcript to its place by absorbing it.
func Context(pp fr.Element, i uint64, z []fr.Element) fr.Element {
	return contextOf(native(), pp, fr.NewElement(i), stateDigest(native(), z))
}
