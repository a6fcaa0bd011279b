package r1cs

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
)

// A prefix has the same rows over the same first variables.
func TestExtends(t *testing.T) {
	term := func(column int, v uint64) []Term[fr.Element] { return []Term[fr.Element]{{column, fr.NewElement(v)}} }
	row := func(a, b, c int, v uint64) Constraint[fr.Element] {
		return Constraint[fr.Element]{term(a, 1), term(b, 1), term(c, v)}
	}
	shape := func(public, private int, rows ...Constraint[fr.Element]) *Shape[fr.Element] {
		s, err := NewShape(public, private, rows)
		require.NoError(t, err)
		return s
	}
	whole := shape(1, 3, row(2, 2, 3, 5), row(3, 4, 1, 7))
	require.NoError(t, whole.Extends(shape(1, 2, row(2, 2, 3, 5))))
	require.NoError(t, whole.Extends(whole))
	for name, prefix := range map[string]*Shape[fr.Element]{
		"coefficient": shape(1, 2, row(2, 2, 3, 6)), "column": shape(1, 2, row(2, 3, 3, 5)),
		"public": shape(2, 2, row(2, 2, 3, 5)), "private": shape(1, 4, row(2, 2, 3, 5)),
		"entries": shape(1, 2, Constraint[fr.Element]{term(2, 1), nil, term(3, 5)}),
		"rows":    shape(1, 3, row(2, 2, 3, 5), row(3, 4, 1, 7), row(1, 1, 1, 1)),
	} {
		require.ErrorIs(t, whole.Extends(prefix), ErrShape, name)
	}
}
