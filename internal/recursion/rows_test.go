package recursion

import (
	"fmt"
	"testing"

	"github.com/consensys/gnark/constraint"
	"github.com/stretchr/testify/require"

	foldingcircuit "fold.example/fold/folding/circuit"
	"fold.example/fold/llama"
	"fold.example/fold/r1cs/gadget"
	"fold.example/fold/step"
	"fold.example/fold/step/circuit"
	"fold.example/fold/step/weights"
)

// countedFunction is a step function that records its number of rows in the augmented
// circuit.
type countedFunction struct {
	circuit.Function
	rows int
}

func (f *countedFunction) Define(c *gadget.Circuit, in *foldingcircuit.StepInput) (*foldingcircuit.StepOutput, error) {
	rows := func() int {
		cs, err := c.API().(interface {
			Compile() (constraint.ConstraintSystem, error)
		}).Compile()
		if err != nil {
			panic(err) // the builder provides the system that it fills
		}
		return cs.GetNbConstraints()
	}
	before := rows()
	out, err := f.Function.Define(c, in)
	f.rows = rows() - before
	return out, err
}

// TestRowsOfARecursion bounds the number of rows of the augmented circuit, which includes a
// step's verifier, for the demo model's shape and for a large one, with passes of up to 64
// tokens. It needs no weights: the circuit depends only on the shape.
func TestRowsOfARecursion(t *testing.T) {
	bard := llama.Config{Dim: 128, Hidden: 352, Layers: 4, Heads: 8, KVHeads: 2, HeadDim: 16, Vocab: 512, Context: 256}
	large := llama.Config{Dim: 4096, Hidden: 14336, Layers: 32, Heads: 32, KVHeads: 8, HeadDim: 128, Vocab: 128256,
		Context: 2048}
	for _, c := range []struct {
		name               string
		config             llama.Config
		softmax, positions int
		layout             weights.Layout
		classes            []int
		most               int
	}{
		{"bard", bard, 32, 8, weights.Layout{ColumnBits: 7, SegmentBits: 24}, []int{0, 6}, 85_500},
		{"llama-3-8b", large, 48, 11, weights.Layout{ColumnBits: 12, SegmentBits: 24}, []int{6}, 94_000},
		{"llama-3-8b", large, 48, 11, weights.Layout{ColumnBits: 12, SegmentBits: 24}, []int{0, 6}, 96_000},
	} {
		t.Run(fmt.Sprint(c.name, c.classes), func(t *testing.T) {
			c.config.Rope.Theta, c.config.RMSEps = 10000, 1e-5
			d := weights.Description{Config: c.config, Scheme: llama.W8, DownLimbs: 2,
				Scales: llama.Scales{Softmax: c.softmax, Eps: 1}}
			o := &step.VerifierParams{
				Description: d, Layout: c.layout, PositionBits: c.positions, Blocks: 1, Classes: c.classes, Weights: 24,
			}
			p, err := o.Protocol()
			require.NoError(t, err)
			f, err := circuit.New(p)
			require.NoError(t, err)
			counted := &countedFunction{Function: f}
			circuits, err := foldingcircuit.Compile(counted)
			require.NoError(t, err)
			t.Logf("%d rows, %d of them the step's; %d rows on Grumpkin", circuits.MainRows(), counted.rows,
				circuits.CycleRows())
			require.LessOrEqual(t, circuits.MainRows(), c.most)
			require.LessOrEqual(t, circuits.CycleRows(), 12_000)
		})
	}
}
