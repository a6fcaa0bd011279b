package source

import (
	"math"
	"slices"
	"strings"

	"fold.example/fold/llama"
)

// ggufKnownKeys are the keys below "llama." that config reads, or that do not affect the
// model's function. A file with any other key is refused: the key could affect it.
var ggufKnownKeys = []string{
	"vocab_size", "context_length", "embedding_length", "block_count", "feed_forward_length",
	"attention.head_count", "attention.head_count_kv", "attention.key_length", "attention.value_length",
	"attention.layer_norm_rms_epsilon", "attention.sliding_window", "attention.causal",
	"rope.dimension_count", "rope.freq_base", "rope.scale_linear", "rope.scaling.type", "rope.scaling.factor",
	"rope.scaling.original_context_length", "rope.scaling.finetuned", "rope.scaling.attn_factor",
	"expert_count", "expert_used_count", "tensor_data_layout", "use_parallel_residual",
}

// config reads the shape of the model, without checking the limits of llama.Config.
func (g *gguf) config() (c llama.Config, err error) {
	f := fields{meta: g.meta}
	if arch := f.text("general.architecture"); f.err == nil && arch != "llama" {
		return c, unsupported("architecture %.100q, expected \"llama\"", arch)
	}
	if err := g.checkKeys(); err != nil {
		return c, err
	}
	if err := f.require("llama.embedding_length", "llama.feed_forward_length", "llama.block_count",
		"llama.context_length", "llama.attention.head_count", "llama.attention.layer_norm_rms_epsilon"); err != nil {
		return c, err
	}
	layers := f.integer("llama.block_count", 0)
	c = llama.Config{
		Dim:     f.integer("llama.embedding_length", 0),
		Hidden:  f.perLayer("llama.feed_forward_length", layers, 0),
		Layers:  layers,
		Context: f.integer("llama.context_length", 0),
		Heads:   f.perLayer("llama.attention.head_count", layers, 0),
		RMSEps:  f.number("llama.attention.layer_norm_rms_epsilon", 0),
		Vocab:   f.integer("llama.vocab_size", g.vocab()),
	}
	c.KVHeads = f.perLayer("llama.attention.head_count_kv", layers, c.Heads)
	_, c.Tied = g.blobs[GGUFName(Tensor{Kind: Head})]
	c.Tied = !c.Tied
	if f.err != nil {
		return c, f.err
	}
	if c.HeadDim, err = f.headDim(c.Dim, c.Heads); err != nil {
		return c, err
	}
	if c.Rope, err = f.rope(); err != nil {
		return c, err
	}
	return c, f.checkRefused(c)
}

// vocab returns the number of rows of the embedding, or zero.
func (g *gguf) vocab() int {
	if b, ok := g.blobs[GGUFName(Tensor{Kind: Embedding})]; ok && len(b.shape) == 2 {
		return b.shape[0]
	}
	return 0
}

func (g *gguf) checkKeys() error {
	var unknown []string
	for key := range g.meta {
		if name, ok := strings.CutPrefix(key, "llama."); ok && !slices.Contains(ggufKnownKeys, name) {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return unsupported("key %.100q, expected the keys of a plain LLaMA alone", unknown[0])
	}
	return nil
}

func (f *fields) require(keys ...string) error {
	for _, key := range keys {
		if _, ok := f.meta[key]; !ok {
			return corrupt("key %s is missing", key)
		}
	}
	return nil
}

// perLayer reads a number that may be given as a list, one for each of layers
// layers, if all entries agree.
func (f *fields) perLayer(key string, layers, otherwise int) int {
	values, ok := f.meta[key].([]int64)
	if !ok {
		return f.integer(key, otherwise)
	}
	if len(values) != layers || layers == 0 {
		f.fail(corrupt("key %s lists %d numbers, expected one for each of %d layers", key, len(values), layers))
		return otherwise
	}
	for _, v := range values {
		if v != values[0] {
			f.fail(unsupported("key %s differs between layers (%d and %d), expected layers of one shape", key,
				values[0], v))
		}
	}
	return int(values[0])
}

// headDim returns the width of a head. Keys, values and the part that RoPE rotates must
// have the same width.
func (f *fields) headDim(dim, heads int) (int, error) {
	var stated *int
	if _, ok := f.meta["llama.attention.key_length"]; ok {
		n := f.integer("llama.attention.key_length", 0)
		stated = &n
	}
	width, err := headDim(stated, dim, heads)
	if err != nil {
		return 0, err
	}
	for _, key := range []string{"llama.attention.value_length", "llama.rope.dimension_count"} {
		if n := f.integer(key, width); n != width {
			return 0, unsupported("key %s is %d, expected %d, the width of a head", key, n, width)
		}
	}
	return width, f.err
}

// rope reads theta and linear scaling. A factor without a type means linear scaling; a
// factor of zero means none.
func (f *fields) rope() (llama.Rope, error) {
	r := llama.Rope{Theta: f.number("llama.rope.freq_base", 10000)}
	factor := f.number("llama.rope.scaling.factor", f.number("llama.rope.scale_linear", 0))
	switch kind := f.text("llama.rope.scaling.type"); {
	case kind == "none":
	case kind != "" && kind != "linear":
		return r, unsupported("RoPE scaling of type %.100q, expected linear, none, or factors in rope_freqs.weight",
			kind)
	case !(factor >= 0) || math.IsInf(factor, 1):
		return r, corrupt("RoPE scaling factor %v, expected a positive number, or 0 for none", factor)
	case factor != 0 && factor != 1:
		r.Scaling = llama.RopeScaling{Kind: "linear", Factor: factor}
	}
	return r, f.err
}

// checkRefused refuses settings that change the arithmetic.
func (f *fields) checkRefused(c llama.Config) error {
	window := f.integer("llama.attention.sliding_window", 0)
	experts := f.integer("llama.expert_count", 0)
	attn := f.number("llama.rope.scaling.attn_factor", 1)
	causal, parallel := f.flag("llama.attention.causal"), f.flag("llama.use_parallel_residual")
	layout := f.text("llama.tensor_data_layout")
	switch {
	case f.err != nil:
		return f.err
	case layout != "" && layout != "reference" && layout != "Meta AI original pth":
		return unsupported("tensor data layout %.100q, expected reference or Meta AI original pth", layout)
	case window != 0 && window < c.Context:
		return unsupported("a sliding window of %d tokens in a context of %d, expected attention to all of them",
			window, c.Context)
	case experts != 0:
		return unsupported("a mixture of %d experts, expected one feed-forward part a layer", experts)
	case attn != 1:
		return unsupported("RoPE attention factor %v, expected 1", attn)
	case !valueOr(causal, true):
		return unsupported("attention that is not causal")
	case valueOr(parallel, false):
		return unsupported("use_parallel_residual is true, expected attention before the feed-forward part")
	}
	return nil
}

// llama3Rope has the constants that all published Llama 3 models share. Their factors
// differ; llama.cpp's converter stores the scaling as a list of factors.
var llama3Rope = llama.RopeScaling{Kind: "llama3", LowFreqFactor: 1, HighFreqFactor: 4, OriginalContext: 8192}

// scalingOf returns the scaling that divides the frequency of pair i by factors[i]. It
// recognises the rule of Llama 3 by its values, so that importing a model from GGUF, which
// has the list in single precision, gives the same configuration as other formats do.
func scalingOf(theta float64, factors []float64) llama.RopeScaling {
	rule := llama3Rope
	rule.Factor = math.Round(slices.Max(factors)*1e4) / 1e4
	plain := llama.Rope{Theta: theta}.Frequencies(2 * len(factors))
	for i, f := range (llama.Rope{Theta: theta, Scaling: rule}).Frequencies(2 * len(factors)) {
		if math.Abs(plain[i]/f-factors[i]) > 1e-5*factors[i] {
			return llama.RopeScaling{Kind: "factors", Factors: factors}
		}
	}
	return rule
}
