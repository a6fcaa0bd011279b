package source

import (
	"fmt"
	"iter"
	"slices"

	"fold.example/fold/llama"
)

// Kind names a tensor within a model or a block; package llama describes each kind.
type Kind = llama.Kind

// The tensors of a model with their shapes [rows, cols].
const (
	Embedding = llama.Embedding // [Vocab, Dim]
	FinalNorm = llama.FinalNorm // [1, Dim]
	Head      = llama.Head      // [Vocab, Dim]; of a tied model the embedding's values
	AttnNorm  = llama.AttnNorm  // [1, Dim]; this one and the following are in every layer
	Q         = llama.Q         // [Heads*HeadDim, Dim]
	K         = llama.K         // [KVHeads*HeadDim, Dim]
	V         = llama.V         // [KVHeads*HeadDim, Dim]
	O         = llama.O         // [Dim, Heads*HeadDim]
	FFNNorm   = llama.FFNNorm   // [1, Dim]
	Gate      = llama.Gate      // [Hidden, Dim]
	Up        = llama.Up        // [Hidden, Dim]
	Down      = llama.Down      // [Dim, Hidden]
)

// Tensor names one tensor of a model. Layer counts from 0 and is 0 for tensors that a
// model has only once.
type Tensor struct {
	Layer int
	Kind  Kind
}

// String returns a name for messages, such as "layer 3 gate".
func (t Tensor) String() string {
	if t.Kind.PerLayer() {
		return fmt.Sprintf("layer %d %s", t.Layer, t.Kind)
	}
	return t.Kind.String()
}

// Shape returns the numbers of rows and columns of a tensor of kind k in a model of
// configuration c. Both are zero if the architecture has no such tensor.
func Shape(c llama.Config, k Kind) (rows, cols int) {
	if w := c.Architecture().Weight(k); w != nil {
		return w.Shape(c)
	}
	return 0, 0
}

// Tensors yields the names of all tensors of a model of configuration c: the
// embedding, the layers in order, the final norm and, unless tied, the head.
func Tensors(c llama.Config) iter.Seq[Tensor] {
	a := c.Architecture()
	return func(yield func(Tensor) bool) {
		one := func(layer int) func(w llama.Weight) bool {
			return func(w llama.Weight) bool { return w.Kind == Head && c.Tied || yield(Tensor{layer, w.Kind}) }
		}
		ok := every(a.First, one(0))
		for layer := 0; ok && layer < c.Layers; layer++ {
			ok = every(a.Block, one(layer))
		}
		_ = ok && every(a.Last, one(0))
	}
}

// every reports whether f holds for all weights of a list, and stops at the first for
// which it does not.
func every(list []llama.Weight, f func(llama.Weight) bool) bool {
	return !slices.ContainsFunc(list, func(w llama.Weight) bool { return !f(w) })
}

// Parameters returns the number of weights of a model of configuration c. A tied head
// counts once, as the embedding.
func Parameters(c llama.Config) (n int) {
	for t := range Tensors(c) {
		rows, cols := Shape(c, t.Kind)
		n += rows * cols
	}
	return n
}
