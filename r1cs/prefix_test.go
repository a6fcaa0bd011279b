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
	make := func(public, private int, rows ...Constraint[fr.Element]) *Shape[fr.Element] {
		s, err := NewShape(public, private, rows)
		require.NoError(t, err)
		return s
	}
	whole := make(1, 3, row(2, 2, 3, 5), row(3, 4, 1, 7))
	require.NoError(t, whole.Extends(make(1, 2, row(2, 2, 3, 5))))
	require.NoError(t, whole.Extends(whole))
	for name, prefix := range map[string]*Shape[fr.Element]{
		"coefficient": make(1, 2, row(2, 2, 3, 6)), "column": make(1, 2, row(2, 3, 3, 5)),
		"public": make(2, 2, row(2, 2, 3, 5)), "private": make(1, 4, row(2, 2, 3, 5)),
		"entries": make(1, 2, Constraint[fr.Element]{term(2, 1), nil, term(3, 5)}),
		"rows":    make(1, 3, row(2, 2, 3, 5), row(3, 4, 1, 7), row(1, 1, 1, 1)),
	} {
		require.ErrorIs(t, whole.Extends(prefix), ErrShape, name)
	}
}
