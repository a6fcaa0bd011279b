package argument

import (
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/relation/relationtest"
)

// freeCells are the tensors with free cells where a token, a head or a position is dead. What
// is in a free cell is multiplied by the mask, or by a number that is pinned to zero. The cells
// of all other tensors are pinned in their padding too.
var freeCells = map[relation.Kind][]string{
	relation.Block: {
		"0.e.index",              // another row of the exponential that returns zero
		"0.e.inv.0", "0.e.inv.1", // of heads whose sum is zero
		"0.e.over.0", "0.e.over.1",
		"0.max", // masked where it is read
	},
}

// TestDeadCells changes a cell of every tensor in the padding of each of its axes. The
// relation fails, except for the free cells: no other cell depends on those. With all free
// cells changed, and an inverse root of a dead token, everything else may stay as it is.
func TestDeadCells(t *testing.T) {
	for _, s := range honestSteps(t) {
		var free []string
		for i := range s.witness.Program.Tensors {
			if s.deadIsFree(t, relation.TensorID(i)) {
				free = append(free, s.witness.Program.Tensors[i].Name)
			}
		}
		slices.Sort(free)
		require.Equal(t, freeCells[s.argument.Plan.Kind], free, s.argument.Plan.Kind)
	}
	s := honestSteps(t)[1]
	f := forge(t, s.witness)
	for _, name := range freeCells[relation.Block][1:] {
		at := []int{2, 1, 1, 6}[:len(f.tensorOf(name).Space)]
		f.set(77, name, at...)
	}
	f.set(3, "0.e.index", 0, 1, 1, 6)
	f.set(5, "0.ffn.inv.1", 3)
	square, i := f.cell("0.ffn.inv.square", 3)
	square.Field[i].SetBigInt(relation.Mul(relation.Pow2(32), big.NewInt(25)))
	w, err := (&relation.Filler{Witness: f.Witness}).Finish()
	require.NoError(t, err)
	require.NoError(t, s.Check(t, w, 0)) // the prover's code skips what is dead: it proves zeros there
}

func (f *forged) tensorOf(name string) *relation.Tensor {
	id, ok := f.Program.Find(name)
	require.True(f.t, ok, name)
	return f.Program.Tensor(id)
}

// deadIsFree says whether a cell in the padding of some axis may be one more.
func (s *step) deadIsFree(t *testing.T, id relation.TensorID) bool {
	tensor := s.witness.Program.Tensor(id)
	if tensor.Oracle == relation.Public || tensor.Oracle == relation.Weights || tensor.Oracle == relation.Inverses ||
		tensor.Of != relation.NoTable {
		return false
	}
	for _, dead := range tensor.Space {
		f := forge(t, s.witness)
		var at [relation.NumAxes]int
		for _, a := range tensor.Space {
			at[a] = f.Geometry.Live(&f.Program.Extents, a) - 1
		}
		if at[dead]++; at[dead] == 1<<f.Program.Extents[dead].Bits {
			continue // the axis has no padding
		}
		relationtest.AddCell(&f.Columns[id], (&relation.Checker{Witness: f.Witness}).Index(tensor.Space, &at), 1)
		w, err := (&relation.Filler{Witness: f.Witness}).Finish()
		require.NoError(t, err)
		if s.Check(t, w, 0) == nil {
			return true
		}
	}
	return false
}

// TestLargestPrograms: of the largest model that a Config allows, with the most blocks
// and the longest context and pass, no constraint can wrap around the modulus; the
// interval arithmetic would say so.
func TestLargestPrograms(t *testing.T) {
	c := llama.Config{
		Dim: 1 << 15, Hidden: llama.MaxHidden, Layers: 4, Heads: 64, KVHeads: 8, HeadDim: llama.MaxHeadDim,
		Vocab: llama.MaxVocab, Context: llama.MaxContext,
	}
	c.Rope.Theta = 10000
	for _, gains := range []bool{false, true} {
		for _, softmax := range []int{32, 48} {
			s := relation.Shape{Config: c, Gains: gains, Softmax: softmax, DownLimbs: 3, Eps: 1, TokenBits: 7,
				PositionBits: 17, Blocks: 4}
			for kind := relation.Embed; kind <= relation.Head; kind++ {
				p, err := relation.NewProgram(kind, s)
				require.NoError(t, err)
				for i := range p.Constraints {
					require.Less(t, p.Magnitude(&p.Constraints[i]).BitLen(), 252, p.Constraints[i].Name)
				}
			}
		}
	}
}

// TestBoundsAreChecked: a program with a constraint, or a contraction, that may reach
// half of the modulus is not built.
func TestBoundsAreChecked(t *testing.T) {
	s := honestSteps(t)[1].Shape
	begin := func() (*relation.Builder, relation.Form) {
		b, err := relation.NewBuilder(relation.Block, s)
		require.NoError(t, err)
		return b, relation.Of(b.Free("wide", 126, relation.Token))
	}
	b, x := begin()
	b.Constrain("fits", relation.PerToken, relation.Plus1(x, x))
	_, err := b.Finish()
	require.NoError(t, err)

	b, x = begin()
	b.Constrain("too large", relation.PerToken, relation.Plus1(x, x.Scaled(big.NewInt(2))))
	_, err = b.Finish()
	require.ErrorContains(t, err, `"too large" can reach 2^254`)

	b, x = begin()
	b.Contract("too many", relation.Space{}, x.Scaled(big.NewInt(2)), x)
	_, err = b.Finish()
	require.ErrorContains(t, err, `"too many" can reach 2^`)
}
