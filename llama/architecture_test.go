package llama

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// The order of the matrices is the order of a model folder, and their names are in model.json.
// Neither may change.
func TestArchitectureOfALlama(t *testing.T) {
	a := Config{}.Architecture()
	names := func(list func(func(*Weight) bool)) (names []string) {
		for w := range list {
			names = append(names, w.Name)
		}
		return names
	}
	require.Equal(t, []string{"q", "k", "v", "o", "gate", "up", "down"}, names(a.Matrices()))
	require.Equal(t, []string{"attention norm", "feed-forward norm"}, names(a.Norms()))
	var tables []string
	for _, table := range a.Tables {
		tables = append(tables, table.Name)
	}
	require.Equal(t, []string{"EXP", "SILU", "cos", "sin"}, tables)
}

// The entries of the lists refer to each other.
func TestArchitectureIsConsistent(t *testing.T) {
	a := Config{}.Architecture()
	seen := map[string]bool{}
	unique := func(list, name string) {
		require.False(t, seen[list+name], "%s %q twice", list, name)
		seen[list+name] = true
	}
	for _, w := range slices.Concat(a.First, a.Block, a.Last) {
		inBlock := w.Kind.PerLayer()
		unique("kind", fmt.Sprint(uint8(w.Kind)))
		unique("name", w.Name)
		unique("symbol", w.Symbol)
		require.Equal(t, w.Name, w.Kind.String())
		require.Equal(t, inBlock && w.IsNorm(), w.Gain != nil, w.Name)
		require.Equal(t, inBlock && !w.IsNorm(), w.Linear != nil, w.Name)
		if w.Norm != 0 {
			norm := a.Weight(w.Norm)
			require.True(t, norm.IsNorm(), w.Name)
			require.Equal(t, norm.Kind.PerLayer(), inBlock, w.Name)
			require.Equal(t, norm.Cols, w.Cols, w.Name)
		}
	}
	for i, r := range a.Rescales {
		unique("rescale", r.Name)
		unique("constant", r.Constant)
		require.Contains(t, []int{16, 32, 48}, r.MaxShift, r.Name)
		require.LessOrEqual(t, r.MaxImportShift, r.MaxShift, r.Name)
		var k Shifts
		*r.Field(&k) = i + 1
		for j, other := range a.Rescales {
			require.Equal(t, i == j, *other.Field(&k) == i+1, "%s and %s", r.Name, other.Name)
		}
	}
	require.Len(t, a.Rescales, rescales)
}

// The relation has no proof for a table whose row 0 is not zero.
func TestTablesBeginWithZeroInTheRelation(t *testing.T) {
	m := smallModel(t, W16)
	for _, table := range m.Config.Architecture().Tables {
		entries := slices.Clone(*table.Entries(&m.Tables))
		if !table.IsLookup() {
			continue
		}
		if table.Reversed {
			slices.Reverse(entries)
		}
		require.Zero(t, entries[0], table.Name)
		entries[0]++
		if table.Reversed {
			slices.Reverse(entries)
		}
		require.ErrorIs(t, table.checkRowZero(entries), ErrInvalid)
	}
}

// The shifts, computed from the formulas in the notation of doc.go, equal the shifts from the
// table of rescales.
func TestShiftsAreThoseOfTheRules(t *testing.T) {
	for _, scheme := range schemes {
		m := smallModel(t, scheme)
		for i := range m.Layers {
			l, s := &m.Layers[i], m.Scales
			attn, ffn := l.NormExps(s)
			require.Equal(t, Shifts{
				Q:     attn + l.Q.Exp + 14 - l.ExpQ,
				K:     attn + l.K.Exp + 14 - l.ExpK,
				V:     attn + l.V.Exp - l.ExpV,
				O:     l.ExpV + l.O.Exp - s.Residual,
				Gate:  ffn + l.Gate.Exp - s.Gate,
				Down:  s.Silu + ffn + l.Up.Exp + l.Down.Exp - s.Residual,
				Score: l.ExpQ + l.ExpK - s.Exp,
			}, m.Shifts(i))
		}
	}
}
