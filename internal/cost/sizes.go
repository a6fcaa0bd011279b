package cost

import (
	"strings"

	"fold.example/fold/internal/bitlen"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// StepSize is the size of a step of one block.
type StepSize struct {
	Tokens    int `json:"tokens"`          // tokens of the pass
	Positions int `json:"positions"`       // number of positions attended to
	PerToken  int `json:"cells_per_token"` // cells per token
	KeyBits   int `json:"key_bits"`        // log2 of the number of key points
}

// StepSizes returns the sizes of steps for passes of 64 tokens and of one token, at the end
// of the context or of its first 2,048 positions.
func StepSizes(d *weights.Description) (sizes []StepSize, err error) {
	positions := 1 << bitlen.Floor(min(2048, d.Config.Context))
	for _, bits := range []int{min(6, bitlen.Floor(positions)), 0} {
		s, err := d.Shape(bits, bitlen.Ceil(positions), 1)
		if err != nil {
			return nil, err
		}
		l, err := LayOut(s)
		if err != nil {
			return nil, err
		}
		n := 1 << bits
		sizes = append(sizes, StepSize{n, positions, l.Cells(relation.Block, bits, positions-n) / n,
			max(l.slots.Cells, l.slots.Cache)})
	}
	return sizes, nil
}

// Layout holds the programs of the steps of a shape.
type Layout struct {
	programs [relation.Head + 1]*relation.Program
	slots    argument.AccumulatorSizes
}

// LayOut compiles the programs of the steps of a shape.
func LayOut(s relation.Shape) (l Layout, err error) {
	builders := []func(relation.Shape) (*relation.Program, error){
		relation.NewEmbed, relation.NewBlock, relation.NewHead,
	}
	for kind, build := range builders {
		if l.programs[kind], err = build(s); err != nil {
			return l, err
		}
		need := argument.AccumulatorSizesOf(l.programs[kind])
		l.slots.Cells, l.slots.Cache = max(l.slots.Cells, need.Cells), max(l.slots.Cache, need.Cache)
	}
	return l, nil
}

// Cells returns the number of cells that a step of a kind commits to, for a pass of 2^bits
// tokens from position start on. It excludes padding, the multiplicities of the tables, and
// the columns of saturation, which are zero unless a value saturates.
func (l *Layout) Cells(kind relation.Kind, bits, start int) (n int) {
	p := l.programs[kind]
	for i := range p.Tensors {
		t := &p.Tensors[i]
		if t.Oracle != relation.Cells || t.Of != relation.NoTable || saturation(t.Name) {
			continue
		}
		cells := 1
		for _, a := range t.Space {
			switch a {
			case relation.Token:
				cells <<= bits
			case relation.Position:
				cells *= start + 1<<bits
			default:
				cells *= p.Extents[a].Live
			}
		}
		n += cells
	}
	return n
}

// tables returns the maximum, over the steps, of the number of rows of the tables for which
// the step commits to multiplicities.
func (l *Layout) tables() (most int) {
	for _, p := range l.programs {
		n := 0
		for i := range p.Tensors {
			t := &p.Tensors[i]
			if t.Oracle != relation.Cells || t.Of == relation.NoTable {
				continue
			}
			rows := 1
			for _, a := range t.Space {
				rows *= p.Extents[a].Live
			}
			n += rows
		}
		most = max(most, n)
	}
	return most
}

// saturation reports whether a column holds the amounts by which values are out of range.
func saturation(name string) bool {
	return strings.Contains(name, ".over.") || strings.Contains(name, ".under.")
}
