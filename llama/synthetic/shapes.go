package synthetic

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"fold.example/fold/llama"
)

// shapes are the configurations of published models, by name.
var shapes = map[string]llama.Config{
	"llama-2-7b": {Dim: 4096, Hidden: 11008, Layers: 32, Heads: 32, KVHeads: 32, HeadDim: 128, Vocab: 32000,
		Context: 4096},
	"llama-2-13b": {Dim: 5120, Hidden: 13824, Layers: 40, Heads: 40, KVHeads: 40, HeadDim: 128, Vocab: 32000,
		Context: 4096},
	"llama-2-70b": {Dim: 8192, Hidden: 28672, Layers: 80, Heads: 64, KVHeads: 8, HeadDim: 128, Vocab: 32000,
		Context: 4096},
	"llama-3-8b": {Dim: 4096, Hidden: 14336, Layers: 32, Heads: 32, KVHeads: 8, HeadDim: 128, Vocab: 128256,
		Context: 8192},
	"llama-3-70b": {Dim: 8192, Hidden: 28672, Layers: 80, Heads: 64, KVHeads: 8, HeadDim: 128, Vocab: 128256,
		Context: 8192},
	"smollm2-135m": {Dim: 576, Hidden: 1536, Layers: 30, Heads: 9, KVHeads: 3, HeadDim: 64, Vocab: 49152,
		Context: 8192},
	"llama-3.2-1b": {Dim: 2048, Hidden: 8192, Layers: 16, Heads: 32, KVHeads: 8, HeadDim: 64, Vocab: 128256,
		Context: 8192, Tied: true},
	"tinyllama-1.1b": {Dim: 2048, Hidden: 5632, Layers: 22, Heads: 32, KVHeads: 4, HeadDim: 64, Vocab: 32000,
		Context: 2048},
	"stories260k": {Dim: 64, Hidden: 172, Layers: 5, Heads: 8, KVHeads: 4, HeadDim: 8, Vocab: 512, Context: 512},
	"bard":        {Dim: 128, Hidden: 352, Layers: 4, Heads: 8, KVHeads: 2, HeadDim: 16, Vocab: 512, Context: 256},
}

// Names lists the shapes.
func Names() []string { return slices.Sorted(maps.Keys(shapes)) }

// Shape returns the configuration of a named shape, with theta 10000 and epsilon 1e-5.
func Shape(name string) (llama.Config, error) {
	c, ok := shapes[name]
	if !ok {
		return c, fmt.Errorf("shape %q, expected one of %s", name, strings.Join(Names(), ", "))
	}
	c.Rope.Theta = 10000
	c.RMSEps = 1e-5
	return c, nil
}
