package weights

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit/committest"
	"fold.example/fold/llama"
	"fold.example/fold/llama/llamatest"
)

// TestCommitRefusesRowZero: a model whose tables have another row 0 is refused before any
// work; the key is not used.
func TestCommitRefusesRowZero(t *testing.T) {
	for name, alter := range map[string]func(m *llama.Model){
		"SILU[0] is not zero":             func(m *llama.Model) { m.Tables.Silu[0] = 20000 },
		"the last row of EXP is not zero": func(m *llama.Model) { m.Tables.Exp[65535] = 20000 },
		"SILU[0] is minus one":            func(m *llama.Model) { m.Tables.Silu[0] = -1 },
	} {
		m := llamatest.Small(t, rand.New(rand.NewPCG(43, 0)), 0)
		alter(m)
		_, _, err := CommitModel(context.Background(), nil, m, CommitOptions{SegmentBits: committest.SegmentBits})
		require.ErrorIs(t, err, llama.ErrInvalid, name)
		require.ErrorContains(t, err, "import the model again", name)
	}
}
