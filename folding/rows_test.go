package folding

import (
	"math/big"
	"testing"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark/constraint"
	"github.com/consensys/gnark/frontend"
	gnark "github.com/consensys/gnark/frontend/cs/r1cs"
	"github.com/stretchr/testify/require"
)

// partRows compiles the augmented circuit and counts the rows of each part.
func partRows(t *testing.T, s Step) (parts []string, rows map[string]int, total int) {
	rows = map[string]int{}
	var builder frontend.Builder[constraint.U64]
	count := func() int {
		cs, err := builder.Compile()
		require.NoError(t, err)
		return cs.GetNbConstraints()
	}
	circuit := newAugmentedCircuit(s)
	circuit.trace = func(part string) {
		now := count()
		parts = append(parts, part)
		rows[part], total = now-total, now
	}
	_, err := frontend.Compile(ecc.BN254.ScalarField(), func(f *big.Int, c frontend.CompileConfig) (frontend.Builder[constraint.U64], error) {
		b, err := gnark.NewBuilder[constraint.U64](f, c)
		builder = b
		return b, err
	}, circuit, frontend.IgnoreUnconstrainedInputs())
	require.NoError(t, err)
	return parts, rows, total
}

// The augmented circuit and the CycleFold circuit, in rows by part. What is not the
// step's is bounded, as are the rows on Grumpkin.
func TestRows(t *testing.T) {
	for _, s := range []Step{counter{}, points{}, shaped{}} {
		parts, rows, total := partRows(t, s)
		t.Logf("%T: %d rows", s, total)
		require.LessOrEqual(t, total-rows["step"], 24_000)
		for _, part := range parts {
			t.Logf("%8d %s", rows[part], part)
		}
		whole, first, err := compileCycle(s.Operations())
		require.NoError(t, err)
		t.Logf("%8d CycleFold, %d of them in the second phase", whole.Shape.Rows(), whole.Shape.Rows()-first.Shape.Rows())
		require.LessOrEqual(t, whole.Shape.Rows(), 12_000)
	}
}
