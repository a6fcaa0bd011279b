package relation

import (
	"slices"

	"fold.example/fold/llama"
)

// ModelTensor is a tensor of a model as programs read it and as a record commits to it: a
// matrix, or a vector of 16-bit integers, which is the gain of a norm, a part of a bias, or a
// table.
type ModelTensor struct {
	Name string // without the prefix of its block
	// Rows and Cols are the spaces of a matrix. A vector has no Rows.
	Rows, Cols Space
	Shared     bool // all blocks have the same tensor: a table
	Positions  bool // a table with a row for each position, which programs read at their tokens' positions

	weight *llama.Weight // nil for a table
	table  *llama.Table  // nil for others
	part   int           // index of the part of a bias
}

// IsMatrix reports whether the tensor is a matrix.
func (t *ModelTensor) IsMatrix() bool { return len(t.Rows) > 0 }

// RecordTensors lists the tensors of a record that steps of kind k open, in the order of the
// record's commitments. For a block these are the matrices, the gains of a ternary model, the
// parts of the biases, the tables of positions, and the lookup tables, each in the order of the
// model's architecture.
func RecordTensors(s *Shape, k Kind) (ts []ModelTensor) {
	a := s.Config.Architecture()
	switch k {
	case Embed:
		return appendMatrices(ts, a.First)
	case Head:
		return appendMatrices(ts, a.Last)
	}
	ts = appendMatrices(ts, a.Block)
	for w := range a.Norms() {
		if s.Gains {
			ts = append(ts, ModelTensor{Name: w.Symbol, Cols: spaceOf(w.Cols), weight: w})
		}
	}
	for i := range a.Block {
		if w := &a.Block[i]; w.BiasOf != 0 {
			for part := range biasParts {
				name := Numbered(w.Symbol, part)
				ts = append(ts, ModelTensor{Name: name, Cols: spaceOf(w.Cols), weight: w, part: part})
			}
		}
	}
	for _, lookups := range []bool{false, true} {
		for i := range a.Tables {
			if t := &a.Tables[i]; t.IsLookup() == lookups {
				space := slices.Concat(spaceOf(t.Rows), spaceOf(t.Cols))
				ts = append(ts, ModelTensor{Name: t.Symbol, Cols: space, Shared: true, Positions: !lookups, table: t})
			}
		}
	}
	return ts
}

func appendMatrices(ts []ModelTensor, list []llama.Weight) []ModelTensor {
	for i := range list {
		if w := &list[i]; w.Rows != llama.One {
			ts = append(ts, ModelTensor{Name: w.Symbol, Rows: spaceOf(w.Rows), Cols: spaceOf(w.Cols), weight: w})
		}
	}
	return ts
}

// spaceOf returns the space that an axis of an architecture has in a program.
func spaceOf(a llama.Axis) Space {
	switch a {
	case llama.Width:
		return Space{Width}
	case llama.Queries:
		return Space{Group, Member, Pair, Part}
	case llama.Keys:
		return Space{Group, Pair, Part}
	case llama.Hidden:
		return Space{Hidden}
	case llama.Vocab:
		return Space{Vocab}
	case llama.Position:
		return Space{Position}
	case llama.Pair:
		return Space{Pair}
	case llama.Entry:
		return Space{Row}
	}
	return nil
}

// biasParts is the number of vectors that hold a bias: an entry b is the sum of 2^(16 i) times
// the entry of part i. All parts are signed numbers of 16 bits. As |b| <= llama.MaxBias, the
// last part has an absolute value of at most maxBiasPart.
const (
	biasParts   = 3
	maxBiasPart = llama.MaxBias >> (16 * (biasParts - 1))
)

// biasPart returns a part of each entry of a bias.
func biasPart(bias []int64, part int) []int16 {
	v := make([]int16, len(bias))
	for i, b := range bias {
		for range part {
			b = (b - int64(int16(b))) >> 16
		}
		v[i] = int16(b)
	}
	return v
}

// LookupTable describes a table that cells are looked up in.
type LookupTable struct {
	Name   string
	Signed bool // row j has the input int16(j), else j
	Pairs  bool // a row is an input and an output; the outputs are data of the model

	table *llama.Table // the model's table, for a table of pairs
}

// lookupTables lists the tables of an architecture's programs, indexed by Table: the two
// ranges, then the lookup tables in the order of the architecture. A table's index is in its
// pole, so that all programs of a model have the same list.
func lookupTables(a *llama.Architecture) []LookupTable {
	list := []LookupTable{NoTable: {Name: "none"}, Unsigned: {Name: "unsigned"}, Signed: {Name: "signed", Signed: true}}
	for i := range a.Tables {
		if t := &a.Tables[i]; t.IsLookup() {
			list = append(list, LookupTable{Name: t.Symbol, Signed: t.SignedInput, Pairs: true, table: t})
		}
	}
	return list
}

// outputs returns the outputs of a table of pairs by the relation's rows. The result of a
// table that is not reversed shares the model's memory.
func outputs(t *llama.Table, tables *llama.Tables) []int16 {
	entries := *t.Entries(tables)
	if t.Reversed {
		entries = slices.Clone(entries)
		slices.Reverse(entries)
	}
	return entries
}
