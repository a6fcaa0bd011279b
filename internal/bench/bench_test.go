package bench

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/cost"
	"fold.example/fold/internal/model"
	"fold.example/fold/llama/embedded"
	"fold.example/fold/step/relation"
)

// TestCellsAreThoseOfAWitness: the number of cells that an estimate computes from the shape
// equals the number in a witness, up to a few columns that happen to be zero in the
// witness.
func TestCellsAreThoseOfAWitness(t *testing.T) {
	m, err := model.Open(t.Context(), embedded.Demo, nil)
	require.NoError(t, err)
	t.Cleanup(func() { m.Close() })
	for _, tokens := range []int{1, 16} {
		b := &bench{model: m.Integers()}
		require.NoError(t, b.run(Options{Tokens: tokens, Blocks: 2}))
		l, err := cost.LayOut(b.shape)
		require.NoError(t, err)
		counted := l.Cells(relation.Block, b.shape.TokenBits, b.witness.Geometry.Start)
		require.InEpsilon(t, b.witness.CommittedCells(), counted, 0.03)
	}
}
