package folding_test

import (
	"fmt"
	"testing"

	"github.com/consensys/gnark/frontend"
	"github.com/stretchr/testify/require"

	"fold.example/fold/folding"
	"fold.example/fold/folding/circuit"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/r1cs/gadget"
)

// The internal tests of package folding cannot import package circuit, which imports
// folding. Their circuits are compiled here.
func init() {
	folding.CompileSteps = func(s folding.Step) (*folding.Circuits, error) {
		step, err := withCircuit(s)
		if err != nil {
			return nil, err
		}
		return circuit.Compile(step)
	}
	folding.CompileCycleFold = func(o []folding.Operation) (whole, first folding.CycleSolver, err error) {
		return circuit.CompileCycleFold(o)
	}
	folding.CycleRelation = circuit.CycleRelation
}

// withCircuit returns a step of the internal tests with its circuit.
func withCircuit(s folding.Step) (circuit.Step, error) {
	switch s := s.(type) {
	case folding.Counter:
		return counter{s}, nil
	case folding.Tagged:
		return tagged{s}, nil
	case folding.Hashes:
		return hashes{s}, nil
	case folding.Squares:
		return squares{s}, nil
	case folding.Points:
		return points{s}, nil
	case folding.Shaped:
		return shaped{s}, nil
	default:
		return nil, fmt.Errorf("no circuit for a %T", s)
	}
}

// The steps of the internal tests with their circuits.
type (
	counter struct{ folding.Counter }
	tagged  struct{ folding.Tagged }
	hashes  struct{ folding.Hashes }
	squares struct{ folding.Squares }
	points  struct{ folding.Points }
	shaped  struct{ folding.Shaped }
)

func (tagged) Define(c *gadget.Circuit, in *circuit.StepInput) (*circuit.StepOutput, error) {
	return counter{}.Define(c, in)
}

func (counter) Define(c *gadget.Circuit, in *circuit.StepInput) (*circuit.StepOutput, error) {
	return &circuit.StepOutput{Z: []frontend.Variable{c.Add(in.Z[0], 1)}}, nil
}

func (hashes) Define(c *gadget.Circuit, in *circuit.StepInput) (*circuit.StepOutput, error) {
	h := transcript.Hash[frontend.Variable](c, "test", in.Z[0], in.Context, in.Advice[0])
	return &circuit.StepOutput{Z: []frontend.Variable{h, in.Z[1]}}, nil
}

func (s squares) Define(c *gadget.Circuit, in *circuit.StepInput) (*circuit.StepOutput, error) {
	x := in.Z[0]
	for range s.Len() {
		x = c.Add(c.Mul(x, x), 7)
	}
	return &circuit.StepOutput{Z: []frontend.Variable{x}}, nil
}

func (points) Define(c *gadget.Circuit, in *circuit.StepInput) (*circuit.StepOutput, error) {
	six := func(v []frontend.Variable) [6]frontend.Variable { return [6]frontend.Variable(v) }
	a, b := c.NonNativePoint(six(in.Z[:6])), c.NonNativePoint(six(in.Z[6:]))
	p, q := c.NonNativePoint(six(in.Advice[:6])), c.NonNativePoint(six(in.Advice[6:12]))
	nextA, nextB := c.NonNativePoint(six(in.Advice[12:18])), c.NonNativePoint(six(in.Advice[18:]))
	packP, packQ := p.Pack(c), q.Pack(c)
	_, bits := folding.DrawRho[frontend.Variable](c, in.Context, packP, packQ)
	limbsA, limbsB := nextA.Limbs(), nextB.Limbs()
	return &circuit.StepOutput{
		Z: append(limbsA[:], limbsB[:]...), Rho: bits,
		Points: [][]gadget.NonNativePoint{{a, p, q, nextA}, {b, p, nextB}},
	}, nil
}

func (s shaped) Define(c *gadget.Circuit, in *circuit.StepInput) (*circuit.StepOutput, error) {
	out, err := counter{}.Define(c, in)
	for _, o := range s.Operations() {
		var list []gadget.NonNativePoint
		for range o.Inputs() + 1 {
			list = append(list, c.NonNativePoint([6]frontend.Variable(in.Advice[:6])))
			in.Advice = in.Advice[6:]
		}
		out.Points = append(out.Points, list)
	}
	out.Rho = c.Bits(in.Context)[:transcript.ChallengeBits]
	return out, err
}

// misshapen is a step whose output is not what it announces.
type misshapen struct {
	counter
	alter func(out *circuit.StepOutput)
}

func (m misshapen) Define(c *gadget.Circuit, in *circuit.StepInput) (*circuit.StepOutput, error) {
	out, err := m.counter.Define(c, in)
	m.alter(out)
	return out, err
}

func TestMisshapenStepCircuitsAreRefused(t *testing.T) {
	for _, alter := range []func(out *circuit.StepOutput){
		func(out *circuit.StepOutput) { out.Z = nil },
		func(out *circuit.StepOutput) { out.Rho = make([]frontend.Variable, 126) },
		func(out *circuit.StepOutput) { out.Points = make([][]gadget.NonNativePoint, 1) },
	} {
		_, err := circuit.Compile(misshapen{alter: alter})
		require.Error(t, err)
	}
}
