package r1cs

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
)

// The entries of All make the same shape again.
func TestEntriesAreTheShape(t *testing.T) {
	two, one := fr.NewElement(2), fr.One()
	rows := []Constraint[fr.Element]{
		{A: []Term[fr.Element]{{0, two}, {3, one}}, B: []Term[fr.Element]{{1, one}}},
		{C: []Term[fr.Element]{{2, two}}},
	}
	s, err := NewShape(1, 2, rows)
	require.NoError(t, err)
	again := make([]Constraint[fr.Element], s.Rows())
	count := 0
	for e := range s.All() {
		terms := [3]*[]Term[fr.Element]{&again[e.Row].A, &again[e.Row].B, &again[e.Row].C}[e.Matrix]
		*terms = append(*terms, Term[fr.Element]{e.Column, e.Value})
		count++
	}
	require.Equal(t, s.Entries(), count)
	copied, err := NewShape(1, 2, again)
	require.NoError(t, err)
	require.Equal(t, s.Digest(), copied.Digest())
	for range s.All() {
		break // the iteration may stop early
	}
}
