package recursion

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/cyclefold"
	"fold.example/fold/r1cs"
	"fold.example/fold/step/circuit"
)

var updateCycle = flag.Bool("cycle", false, "write the relation of the point operations anew")

// relationOf returns a shape as a cyclefold.Relation.
func relationOf(shape *r1cs.Shape[fq.Element], parts []int) *cyclefold.Relation {
	r := &cyclefold.Relation{
		Public: shape.Public(), Private: shape.Private(), Parts: parts,
		Rows: make([]r1cs.Constraint[fq.Element], shape.Rows()),
	}
	for e := range shape.All() {
		row := &r.Rows[e.Row]
		terms := []*[]r1cs.Term[fq.Element]{&row.A, &row.B, &row.C}[e.Matrix]
		*terms = append(*terms, r1cs.Term[fq.Element]{Column: e.Column, Value: e.Value})
	}
	return r
}

// TestCycleRelationIsTheCircuits: the embedded relation, which verifiers use, equals the
// relation compiled from the circuit, which provers use.
func TestCycleRelationIsTheCircuits(t *testing.T) {
	shape, parts, err := circuit.CycleRelation()
	require.NoError(t, err)
	if *updateCycle {
		data, err := relationOf(shape, parts).Compress()
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join("..", "cyclefold", "cyclefold.r1cs.gz"), data, 0o644))
		return
	}
	have, _, err := cyclefold.Load()
	require.NoError(t, err)
	require.Equal(t, shape.Digest(), have.Shape.Digest())
	require.Equal(t, relationOf(shape, parts), relationOf(have.Shape, have.Parts))
}
