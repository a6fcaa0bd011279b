package folding

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold/internal/commit"
	"fold/r1cs"
)

// Circuits is the compiled circuits of a step function: the augmented circuit, which
// contains the step, and the CycleFold circuit with its first phase.
type Circuits struct {
	step             Step
	augmented        *r1cs.System[fr.Element]
	cycleFold, first *r1cs.System[fq.Element]
}

// Compile compiles both circuits of a step. It fails if the step's output does not
// have the form that the step announces, or if a circuit cannot be folded.
func Compile(step Step) (*Circuits, error) {
	if step.Width() < 1 {
		return nil, fmt.Errorf("a state of %d elements, want at least 1", step.Width())
	}
	c := &Circuits{step: step}
	var err error
	if c.augmented, err = r1cs.Compile[fr.Element](newAugmentedCircuit(step)); err != nil {
		return nil, fmt.Errorf("augmented circuit: %w", err)
	}
	c.cycleFold, c.first, err = compileCycle(step.Operations())
	return c, err
}

// MainRows and CycleRows return the numbers of constraints on BN254 and on Grumpkin.
func (c *Circuits) MainRows() int { return c.augmented.Shape.Rows() }

// CycleRows returns the number of constraints of the CycleFold circuit.
func (c *Circuits) CycleRows() int { return c.cycleFold.Shape.Rows() }

// MainPoints and CyclePoints return how many points the commitment keys need.
func (c *Circuits) MainPoints() int { return pointsFor(c.augmented.Shape) }

// CyclePoints returns how many points Grumpkin's key needs.
func (c *Circuits) CyclePoints() int { return pointsFor(c.cycleFold.Shape) }

func pointsFor[E r1cs.Element](s *r1cs.Shape[E]) int { return max(s.Rows(), s.Private()) }

// Params is everything that a run has in common: circuits, keys, and their digest.
// It is immutable.
type Params struct {
	*Circuits
	Verifier
}

// NewParams returns the parameters of a run. The keys need the points that the
// circuits ask for; larger ones give the same parameters.
func NewParams(c *Circuits, key *commit.Key, cycleKey *commit.GrumpkinKey) (*Params, error) {
	main, err := NewMain(c.augmented.Shape, key)
	if err != nil {
		return nil, err
	}
	cycle, err := NewCycle(c.cycleFold.Shape, c.first.Shape, cycleKey)
	if err != nil {
		return nil, err
	}
	return &Params{c, Verifier{main, cycle, parametersDigest(main, cycle, c.step), c.step.Width()}}, nil
}

// parametersDigest is 248 bits of SHA-256 as an element of Fr.
func parametersDigest(main *Main, cycle *Cycle, step Step) (pp fr.Element) {
	a, b, d := main.ID(), cycle.ID(), step.Digest()
	h := sha256.New()
	for _, part := range [][]byte{[]byte("fold/folding/v2/parameters\x00"), a[:], b[:], d[:]} {
		h.Write(part)
	}
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(step.Width())))
	pp.SetBytes(h.Sum(nil)[:31])
	return
}
