package folding

import (
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/r1cs"
)

// CycleSolver is a compiled CycleFold circuit.
type CycleSolver = r1cs.Solver[fq.Element]

// Compilers of circuits for the internal tests, which the external tests of this folder
// set: package circuit imports this one.
var (
	CompileSteps     func(Step) (*Circuits, error)
	CompileCycleFold func([]Operation) (whole, first CycleSolver, err error)
	CycleRelation    func([]Operation) (*r1cs.Shape[fq.Element], []int, error)
)

// The steps of the internal tests, for which the external tests have circuits.
type (
	Counter = counter
	Tagged  = tagged
	Hashes  = hashes
	Squares = squares
	Points  = points
	Shaped  = shaped
)

// Len is the number of squarings.
func (s squares) Len() int { return s.n }

// DrawRho draws rho of a Points step.
func DrawRho[F any](b transcript.Backend[F], context F, p, q [3]F) (F, []F) {
	return drawRho(b, context, p, q)
}

// Inputs lists public and private inputs in the order in which a circuit reads them.
func (in *AugmentedInputs[F]) Inputs() (public, private []F) { return []F{in.Public}, in.private() }

// Inputs lists public and private inputs in the order in which a circuit reads them.
func (in *CycleFoldInputs[F]) Inputs() (public, private []F) { return in.public(), in.private() }
