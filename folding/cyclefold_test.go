package folding

import "testing"
import "github.com/stretchr/testify/require"

func TestCycleRows(t *testing.T) {
	for _, ops := range [][]Operation{{}, {Sum()}, {Horner(1)}, {Horner(6), Sum(), Horner(2)}} {
		w, f, err := compileCycle(ops)
		require.NoError(t, err)
		require.NoError(t, w.Shape.Extends(f.Shape))
		t.Log(ops, w.Shape.Rows(), w.Shape.Private(), f.Shape.Rows(), f.Shape.Private(), w.Shape.Entries())
	}
}
