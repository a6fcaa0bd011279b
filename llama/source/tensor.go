package source

import (
	"fmt"
	"iter"

	"fold/llama"
)

// Kind says which tensor of a LLaMA model is meant.
type Kind uint8

// The tensors of a model with their shapes [rows, cols].
const (
	Embedding Kind = iota + 1 // [Vocab, Dim]
	FinalNorm                 // [1, Dim]
	Head                      // [Vocab, Dim]; of a tied model the embedding again
	AttnNorm                  // [1, Dim], and all that follow once a layer
	Q                         // [Heads*HeadDim, Dim]
	K                         // [KVHeads*HeadDim, Dim]
	V                         // [KVHeads*HeadDim, Dim]
	O                         // [Dim, Heads*HeadDim]
	FFNNorm                   // [1, Dim]
	Gate                      // [Hidden, Dim]
	Up                        // [Hidden, Dim]
	Down                      // [Dim, Hidden]
)

var kindNames = [...]string{"none", "embedding", "final norm", "head", "attention norm",
	"q", "k", "v", "o", "feed-forward norm", "gate", "up", "down"}

// String returns the name of k in lower case.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// PerLayer reports whether a model has one such tensor a layer.
func (k Kind) PerLayer() bool { return k >= AttnNorm && k <= Down }

// Tensor names one tensor of a model. Layer counts from 0 and is 0 for those
// that a model has only once.
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

// Shape returns the numbers of rows and columns that a tensor of kind k has in a
// model of configuration c, or zeros when k is none of the constants.
func Shape(c llama.Config, k Kind) (rows, cols int) {
	switch k {
	case Embedding, Head:
		return c.Vocab, c.Dim
	case FinalNorm, AttnNorm, FFNNorm:
		return 1, c.Dim
	case Q:
		return c.Heads * c.HeadDim, c.Dim
	case K, V:
		return c.KVHeads * c.HeadDim, c.Dim
	case O:
		return c.Dim, c.Heads * c.HeadDim
	case Gate, Up:
		return c.Hidden, c.Dim
	case Down:
		return c.Dim, c.Hidden
	}
	return 0, 0
}

// Tensors yields the names of all tensors of a model of configuration c: the
// embedding, the layers in order, the final norm and, unless tied, the head.
func Tensors(c llama.Config) iter.Seq[Tensor] {
	return func(yield func(Tensor) bool) {
		if !yield(Tensor{Kind: Embedding}) {
			return
		}
		for layer := range c.Layers {
			for k := AttnNorm; k <= Down; k++ {
				if !yield(Tensor{layer, k}) {
					return
				}
			}
		}
		if yield(Tensor{Kind: FinalNorm}) && !c.Tied {
			yield(Tensor{Kind: Head})
		}
	}
}

// Parameters returns how many weights a model of a configuration has; a tied
// head has none of its own.
func Parameters(c llama.Config) (n int) {
	for t := range Tensors(c) {
		rows, cols := Shape(c, t.Kind)
		n += rows * cols
	}
	return n
}
