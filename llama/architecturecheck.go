package llama

import (
	"slices"
	"strings"
)

// Validate checks that the flow of data of [Session] computes the block that the lists
// describe. The tensors, rescales and tables of a LLaMA must be in the lists, with their axes
// and uses. Further tensors must be biases of matrices of the block, and further tables must
// be for rescaled products. The error wraps ErrInvalid.
func (a *Architecture) Validate() error {
	if a.Name == "" || a.Name == llamaArchitecture.Name && a != &llamaArchitecture {
		return invalidf("architecture %q, expected a name that no other architecture has", a.Name)
	}
	if err := a.checkNames(); err != nil {
		return err
	}
	for _, of := range []struct {
		list      string
		got, want []Weight
	}{
		{"before the blocks", a.First, llamaArchitecture.First},
		{"of a block", a.Block, llamaArchitecture.Block},
		{"after the blocks", a.Last, llamaArchitecture.Last},
	} {
		added := slices.DeleteFunc(slices.Clone(of.got), func(w Weight) bool { return w.BiasOf != 0 })
		if !slices.EqualFunc(added, of.want, Weight.plays) {
			return invalidf("architecture %q: tensors %s %v, expected %v and biases", a.Name, of.list, added, of.want)
		}
	}
	if !slices.EqualFunc(a.Rescales, llamaArchitecture.Rescales, Rescale.plays) {
		return invalidf("architecture %q: other rescales than a LLaMA's", a.Name)
	}
	if err := a.checkBiases(); err != nil {
		return err
	}
	return a.checkTables()
}

// plays reports whether two tensors have the same place in the flow of data.
func (w Weight) plays(v Weight) bool {
	return w.Kind == v.Kind && w.Rows == v.Rows && w.Cols == v.Cols && w.Norm == v.Norm && w.Rotary == v.Rotary &&
		(w.Linear == nil) == (v.Linear == nil) && (w.Gain == nil) == (v.Gain == nil)
}

// plays reports whether two rescales have the same place in the flow of data.
func (r Rescale) plays(q Rescale) bool {
	return r.Of == q.Of && r.Saturates == q.Saturates && r.MaxShift == q.MaxShift && r.Constant == q.Constant
}

// checkNames checks that kinds, names and symbols differ.
func (a *Architecture) checkNames() error {
	seen := map[any]bool{}
	for _, w := range slices.Concat(a.First, a.Block, a.Last) {
		names := []any{w.Kind, "name " + w.Name}
		if w.Symbol != "" {
			names = append(names, "symbol "+w.Symbol)
		}
		for _, name := range names {
			if seen[name] {
				return invalidf("architecture %q: %v is there twice", a.Name, name)
			}
			seen[name] = true
		}
	}
	for _, t := range a.Tables {
		for _, name := range []string{"name " + t.Name, "symbol " + t.Symbol} {
			if seen[name] {
				return invalidf("architecture %q: %v is there twice", a.Name, name)
			}
			seen[name] = true
		}
	}
	return nil
}

// checkBiases checks that each bias is a row of a matrix of the block, and that no matrix has
// two.
func (a *Architecture) checkBiases() error {
	biased := map[Kind]bool{}
	for _, b := range slices.Concat(a.First, a.Block, a.Last) {
		if b.BiasOf == 0 {
			continue
		}
		i := slices.IndexFunc(a.Block, func(w Weight) bool { return w.Kind == b.BiasOf && w.Linear != nil })
		if i < 0 || biased[b.BiasOf] || a.Bias(b.BiasOf) == nil {
			return invalidf("architecture %q: bias %q, expected one for a matrix of the block", a.Name, b.Name)
		}
		if biased[b.BiasOf] = true; b.Rows != One || b.Cols != a.Block[i].Rows || b.Symbol == "" {
			return invalidf("architecture %q: bias %q, expected a row of as many entries as %q has rows, and a symbol",
				a.Name, b.Name, a.Block[i].Name)
		}
	}
	return nil
}

// checkTables checks that the tables of a LLaMA are in the list, and that every further table
// is for a product that is rescaled to 16 bits.
func (a *Architecture) checkTables() error {
	for _, want := range llamaArchitecture.Tables {
		got := a.Table(want.Symbol)
		if want.Of == 0 && (got == nil || !got.plays(want)) {
			return invalidf("architecture %q: no table %q like a LLaMA's", a.Name, want.Symbol)
		}
	}
	taken := map[Kind]bool{}
	for _, t := range a.Tables {
		if t.Of == 0 && llamaArchitecture.Table(t.Symbol) != nil {
			continue
		}
		r := a.RescaleOf(t.Of)
		if t.Of == 0 || r == nil || !r.Saturates || taken[t.Of] {
			return invalidf("architecture %q: table %q, expected one for a matrix whose product saturates",
				a.Name, t.Name)
		}
		taken[t.Of] = true
		if !t.IsLookup() || t.Cols != One || !t.SignedInput || t.Reversed || strings.Contains(t.Symbol, ".") {
			return invalidf("architecture %q: table %q, expected a column of 65,536 rows with signed inputs "+
				"and a symbol without a point", a.Name, t.Name)
		}
		if t.Function == nil || t.Rule == nil || t.Entries == nil {
			return invalidf("architecture %q: table %q lacks its function, its rule or its entries", a.Name, t.Name)
		}
	}
	return nil
}

// plays reports whether two tables have the same place in the flow of data.
func (t *Table) plays(u Table) bool {
	return t.Rows == u.Rows && t.Cols == u.Cols && t.Reversed == u.Reversed && t.SignedInput == u.SignedInput &&
		t.Of == u.Of && t.Rule != nil && t.Entries != nil
}
