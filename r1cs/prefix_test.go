package r1cs

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"
)

// A solution's own inputs give it again; others are unsatisfied or of a wrong length.
func TestResolve(t *testing.T) { onBothFields(t, testResolve[fr.Element], testResolve[fq.Element]) }

func testResolve[E Element](t *testing.T) {
	sys, sol := chainSystem[E](t, 5)
	got, err := sys.Resolve(sol.X, sol.W[:sys.Inputs()])
	require.NoError(t, err)
	require.Equal(t, sol, got)
	_, err = sys.Resolve(sol.X[1:], sol.W[:sys.Inputs()])
	require.ErrorIs(t, err, ErrLength)
	_, err = sys.Resolve(sol.X, nil)
	require.ErrorIs(t, err, ErrLength)
	_, err = sys.Resolve(make([]E, len(sol.X)), sol.W[:sys.Inputs()])
	require.ErrorIs(t, err, ErrUnsatisfied)
}

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
