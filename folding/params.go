package folding

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/curve"
	"fold.example/fold/r1cs"
)

// Circuits is the compiled circuits of a step function: the augmented circuit, which
// contains the step, and the CycleFold circuit with its first phase. Package circuit
// compiles them; this package solves them and needs no compiler.
type Circuits struct {
	step             Step
	augmented        r1cs.Solver[fr.Element]
	cycleFold, first r1cs.Solver[fq.Element]
}

// NewCircuits returns the circuits of a step. augmented reads AugmentedInputs of the step;
// cycleFold reads CycleFoldInputs for the step's operations; first is cycleFold without
// its second phase, which NewParams checks. The error wraps ErrInstance if a circuit has
// another number of inputs.
func NewCircuits(
	step Step, augmented r1cs.Solver[fr.Element], cycleFold, first r1cs.Solver[fq.Element],
) (*Circuits, error) {
	if step.Width() < 1 {
		return nil, fmt.Errorf("%w: a state of %d elements, want at least 1", ErrInstance, step.Width())
	}
	cycle := NewCycleFoldInputs[fq.Element](step.Operations())
	main := NewAugmentedInputs[fr.Element](step)
	for _, n := range []struct {
		what       string
		have, want int
	}{
		{"public inputs of the augmented circuit", augmented.Shape().Public(), 1},
		{"private inputs of the augmented circuit", augmented.Inputs(), len(main.private())},
		{"public inputs of the CycleFold circuit", cycleFold.Shape().Public(), len(cycle.public())},
		{"private inputs of the CycleFold circuit", cycleFold.Inputs(), len(cycle.private())},
		{"private inputs of its first phase", first.Inputs(), len(cycle.private())},
	} {
		if n.have != n.want {
			return nil, fmt.Errorf("%w: %d %s, want %d", ErrInstance, n.have, n.what, n.want)
		}
	}
	return &Circuits{step, augmented, cycleFold, first}, nil
}

// MainRows returns the number of constraints of the augmented circuit.
func (c *Circuits) MainRows() int { return c.augmented.Shape().Rows() }

// CycleRows returns the number of constraints of the CycleFold circuit.
func (c *Circuits) CycleRows() int { return c.cycleFold.Shape().Rows() }

// MainPoints returns how many points BN254's key needs.
func (c *Circuits) MainPoints() int { return pointsFor(c.augmented.Shape()) }

// CyclePoints returns how many points Grumpkin's key needs.
func (c *Circuits) CyclePoints() int { return pointsFor(c.cycleFold.Shape()) }

func pointsFor[E curve.Element](s *r1cs.Shape[E]) int { return max(s.Rows(), s.Private()) }

// Params is everything that a run has in common: circuits, keys, and their digest.
// It is immutable.
type Params struct {
	*Circuits
	Verifier
}

// NewParams returns the parameters of a run. The keys need the points that the
// circuits ask for; larger ones give the same parameters.
func NewParams(c *Circuits, key *commit.Key, cycleKey *commit.GrumpkinKey) (*Params, error) {
	main, err := NewMain(c.augmented.Shape(), key)
	if err != nil {
		return nil, err
	}
	cycle, err := NewCycle(c.cycleFold.Shape(), c.first.Shape(), cycleKey)
	if err != nil {
		return nil, err
	}
	return &Params{c, Verifier{main, cycle, parametersDigest(main, cycle, c.step), c.step.Width()}}, nil
}

// parametersDigest is 248 bits of SHA-256 as an element of Fr.
func parametersDigest(main *Main, cycle *Cycle, step Step) (pp fr.Element) {
	a, b, d := main.ID(), cycle.ID(), step.Digest()
	h := sha256.New()
	for _, part := range [][]byte{[]byte("fold/folding/v3/parameters\x00"), a[:], b[:], d[:]} {
		h.Write(part)
	}
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(step.Width())))
	pp.SetBytes(h.Sum(nil)[:31])
	return
}
