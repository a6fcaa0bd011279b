package folding_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/folding/circuit"
)

// The augmented circuit and the CycleFold circuit, in rows by part. What is not the
// step's is bounded, as are the rows on Grumpkin.
func TestRows(t *testing.T) {
	for _, s := range []circuit.Step{counter{}, points{}, shaped{}} {
		parts, err := circuit.Rows(s)
		require.NoError(t, err)
		total, others := 0, 0
		for _, part := range parts {
			t.Logf("%8d %s", part.Rows, part.Name)
			total += part.Rows
			if part.Name != "step" {
				others += part.Rows
			}
		}
		t.Logf("%T: %d rows", s, total)
		require.LessOrEqual(t, others, 24_000)
		whole, first, err := circuit.CompileCycleFold(s.Operations())
		require.NoError(t, err)
		rows := whole.Shape().Rows()
		t.Logf("%8d CycleFold, %d of them in the second phase", rows, rows-first.Shape().Rows())
		require.LessOrEqual(t, rows, 12_000)
	}
}
