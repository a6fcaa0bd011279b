package llama

import (
	"crypto/sha256"
	"fmt"
	"iter"
	"slices"
)

// Architecture lists the tensors of a model, the tables that it looks up and the
// rescales of a block. It is a value: another architecture is a copy of [LLaMA] with other
// entries. Everything that depends on one of these lists reads it here:
//
//   - package source: which tensors a file must hold, and their shapes;
//   - package quantize: which norm's gain is merged into a matrix, and the largest
//     exponent at which the shift of its rescale can be proven;
//   - this package: the parts of a model folder, the checks of [Model.Validate], the
//     shifts, and the counters of saturation;
//   - package step: the tensors of the relation with their axes (Symbol, Rows, Cols,
//     Rotary), the order in which a record commits to them (the matrices of Block, the
//     gains of a ternary model, then cos, sin, EXP and SILU of Tables), the constants of a
//     record (Rescale.Constant, and 16-bit cells by MaxShift), the order of the rows under a
//     table's commitment (Reversed, SignedInput), and the matrix whose product is looked up
//     in a table (Table.Of).
//
// The lists do not describe the flow of data between the tensors: [Session] computes it in
// integers, package float computes it in floating point, and relation.NewBlock states it as a
// relation. This flow already has a place for a bias of each matrix of the block, for another
// function of the gate's table, and for a table of q, k or v. [Architecture.Validate] refuses
// lists that need another flow.
type Architecture struct {
	Name  string   // in model.json, unless it is "llama"
	First []Weight // the tensors of weights before the blocks: the embedding
	Block []Weight // the tensors of one block, norms before the matrices that read them
	Last  []Weight // the tensors after the blocks: the final norm and the head
	// Rescales are the rescales of a block whose shift is a constant of the model.
	Rescales []Rescale
	// Tables are the tables in the order of a model folder.
	Tables []Table
}

// Kind names a tensor of weights within a model or within a block.
type Kind uint8

// The tensors of a LLaMA. The zero Kind names none.
const (
	Embedding Kind = iota + 1
	FinalNorm
	Head
	AttnNorm
	Q
	K
	V
	O
	FFNNorm
	Gate
	Up
	Down
)

// Weight describes one tensor of weights: a matrix that maps Cols inputs to Rows
// outputs, or the gain of a norm, which is one row.
type Weight struct {
	Kind       Kind
	Name       string // in model.json and in messages
	Symbol     string // in the relation, in records and in claims, without the block
	Rows, Cols Axis
	// Norm is the norm whose output the matrix reads. Its gain is merged into the
	// matrix, except in ternary models. Zero for a matrix that reads no norm's output.
	Norm Kind
	// Rotary says that RoPE rotates the outputs: rows 2i and 2i+1 of a head are a pair.
	Rotary bool

	// BiasOf is the matrix whose product a bias is added to. A bias is one row. Zero for a
	// matrix and for a norm.
	BiasOf Kind

	// Linear returns the matrix in a block; nil for other tensors.
	Linear func(l *Layer) *Linear
	// Gain returns where a block keeps the gain of a norm, and its exponent; nil for other
	// tensors. The gain is nil in models whose gains are merged into the matrices.
	Gain func(l *Layer) (ints *[]int16, exponent *int)
}

// Axis is an axis of a tensor of weights or of a table. [Axis.Size] gives its length.
type Axis uint8

// The axes. Queries and Keys are products of the axes of package step: (Group, Member,
// Pair, Part) and (Group, Pair, Part).
const (
	One      Axis = iota // a single row or column
	Width                // Config.Dim, the channels of the residual stream
	Queries              // Heads*HeadDim
	Keys                 // KVHeads*HeadDim
	Hidden               // Config.Hidden, the channels of the feed-forward part
	Vocab                // Config.Vocab, the token ids
	Position             // Config.Context
	Pair                 // HeadDim/2, the pairs that RoPE rotates
	Entry                // 65,536, the values of a 16-bit input
)

// Size returns the length of the axis in a model of a configuration.
func (a Axis) Size(c Config) int {
	switch a {
	case Width:
		return c.Dim
	case Queries:
		return c.QDim()
	case Keys:
		return c.KVDim()
	case Hidden:
		return c.Hidden
	case Vocab:
		return c.Vocab
	case Position:
		return c.Context
	case Pair:
		return c.HeadDim / 2
	case Entry:
		return tableRows
	}
	return 1
}

// Architecture returns the architecture of a model of this configuration. Callers must
// not change it.
func (c Config) Architecture() *Architecture {
	if c.architecture != nil {
		return c.architecture
	}
	return &llamaArchitecture
}

// IsLLaMA reports whether the model is a LLaMA: WithArchitecture has set no other architecture.
func (c Config) IsLLaMA() bool { return c.architecture == nil }

// Digest returns the SHA-256 of a text with one line for each entry of the lists. A line has
// the name, symbol, kind, axes, uses and place of the entry, as far as the relation of a step
// depends on them. The digest does not cover the functions, whose results are data of a model:
// records commit to the entries of tables, and the model id covers the exponents of the shifts.
func (a *Architecture) Digest() [sha256.Size]byte {
	text := fmt.Appendf(nil, "fold architecture 1\n%q\n", a.Name)
	for i, list := range [][]Weight{a.First, a.Block, a.Last} {
		for _, w := range list {
			text = fmt.Appendf(text, "tensor %d %d %q %q %d %d %d %t %d\n",
				i, w.Kind, w.Name, w.Symbol, w.Rows, w.Cols, w.Norm, w.Rotary, w.BiasOf)
		}
	}
	for _, r := range a.Rescales {
		text = fmt.Appendf(text, "rescale %q %q %d %t %d\n", r.Name, r.Constant, r.Of, r.Saturates, r.MaxShift)
	}
	for _, t := range a.Tables {
		text = fmt.Appendf(text, "table %q %q %d %d %t %t %d\n",
			t.Name, t.Symbol, t.Rows, t.Cols, t.Reversed, t.SignedInput, t.Of)
	}
	return sha256.Sum256(text)
}

// FindArchitecture returns the architecture other than a LLaMA's of the given name: one of this
// package's, or of more. It returns nil if there is none.
func FindArchitecture(name string, more ...*Architecture) *Architecture {
	for _, a := range slices.Concat(architectures, more) {
		if a.Name == name && a != &llamaArchitecture {
			return a
		}
	}
	return nil
}

// architectureName returns the name for model.json, empty for a LLaMA.
func (c Config) architectureName() string {
	if c.architecture == nil {
		return ""
	}
	return c.architecture.Name
}

// LLaMA returns a copy of the architecture of a LLaMA, as the start of another one. The kinds
// of the tensors that another architecture adds must differ from the constants of this
// package.
func LLaMA() *Architecture {
	a := llamaArchitecture
	a.Block, a.Rescales, a.Tables = slices.Clone(a.Block), slices.Clone(a.Rescales), slices.Clone(a.Tables)
	return &a
}

// WithArchitecture returns the configuration for models of another architecture; nil selects a
// LLaMA. [Config.Validate] checks the architecture.
func (c Config) WithArchitecture(a *Architecture) Config {
	c.architecture = a
	return c
}

// Weight returns the description of the tensor of a kind, nil if the architecture has no such
// tensor.
func (a *Architecture) Weight(k Kind) *Weight {
	for _, list := range [][]Weight{a.First, a.Block, a.Last} {
		if i := slices.IndexFunc(list, func(w Weight) bool { return w.Kind == k }); i >= 0 {
			return &list[i]
		}
	}
	return nil
}

// Matrices yields the matrices of a block in the order of a model folder.
func (a *Architecture) Matrices() iter.Seq[*Weight] {
	return a.block(func(w *Weight) bool { return w.Rows != One })
}

// Norms yields the norms of a block in the order of a model folder.
func (a *Architecture) Norms() iter.Seq[*Weight] {
	return a.block((*Weight).IsNorm)
}

func (a *Architecture) block(keep func(*Weight) bool) iter.Seq[*Weight] {
	return func(yield func(*Weight) bool) {
		for i := range a.Block {
			if w := &a.Block[i]; keep(w) && !yield(w) {
				return
			}
		}
	}
}

// RescaleOf returns the rescale of a matrix's product, nil if the product stays exact.
func (a *Architecture) RescaleOf(k Kind) *Rescale {
	i := slices.IndexFunc(a.Rescales, func(r Rescale) bool { return r.Of == k })
	if i < 0 {
		return nil
	}
	return &a.Rescales[i]
}

// Bias returns the description of the bias of a matrix, nil if the matrix has none.
func (a *Architecture) Bias(k Kind) *Weight {
	i := slices.IndexFunc(a.Block, func(w Weight) bool { return w.BiasOf == k })
	if i < 0 {
		return nil
	}
	return &a.Block[i]
}

// Table returns the table with a symbol, nil if there is none.
func (a *Architecture) Table(symbol string) *Table {
	i := slices.IndexFunc(a.Tables, func(t Table) bool { return t.Symbol == symbol })
	if i < 0 {
		return nil
	}
	return &a.Tables[i]
}

// IsRotaryBias reports whether a tensor is the bias of a matrix whose outputs RoPE rotates, so
// that its entries come in pairs as the rows of the matrix do.
func (a *Architecture) IsRotaryBias(k Kind) bool {
	w := a.Weight(k)
	return w != nil && w.BiasOf != 0 && a.Weight(w.BiasOf).Rotary
}

// TableOf returns the table in which the rescaled product of a matrix is looked up, nil if
// there is none.
func (a *Architecture) TableOf(k Kind) *Table {
	i := slices.IndexFunc(a.Tables, func(t Table) bool { return t.Of == k && k != 0 })
	if i < 0 {
		return nil
	}
	return &a.Tables[i]
}

// ProductExp returns the exponent of the product of a matrix of a block, which is the
// exponent of its bias: the exponents of the matrix and of its input together.
func (a *Architecture) ProductExp(k Kind, l *Layer, s Scales) int {
	w := a.Weight(k)
	if r := a.RescaleOf(k); r != nil {
		return r.In(l, s) + w.Linear(l).Exp
	}
	e := s.Norm + w.Linear(l).Exp
	if gain, exp := a.Weight(w.Norm).Gain(l); *gain != nil {
		e += *exp - GainShift
	}
	return e
}

// IsNorm reports whether the tensor is the gain of a norm.
func (w *Weight) IsNorm() bool { return w.Rows == One && w.BiasOf == 0 }

// String returns the name of the tensor.
func (w *Weight) String() string { return w.Name }

// Shape returns the numbers of rows and columns in a model of a configuration.
func (w *Weight) Shape(c Config) (rows, cols int) { return w.Rows.Size(c), w.Cols.Size(c) }

// String returns the name of a tensor of this package's architectures in lower case.
func (k Kind) String() string {
	for _, a := range architectures {
		if w := a.Weight(k); w != nil {
			return w.Name
		}
	}
	if k == 0 {
		return "none"
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// PerLayer reports whether a model has one such tensor in each block: all tensors but those
// before and after the blocks, to which no architecture adds any ([Architecture.Validate]).
func (k Kind) PerLayer() bool {
	is := func(w Weight) bool { return w.Kind == k }
	return k != 0 && !slices.ContainsFunc(llamaArchitecture.First, is) &&
		!slices.ContainsFunc(llamaArchitecture.Last, is)
}
