package source_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama"
	"fold.example/fold/llama/source"
)

// The names of the formats, as transformers and llama.cpp write them. The writers of
// package sourcetest use the same functions as the readers, so they do not show a name
// that is wrong in both.
func TestNamesOfTheFormats(t *testing.T) {
	for _, c := range []struct {
		kind              source.Kind
		huggingFace, gguf string
	}{
		{source.Embedding, "model.embed_tokens.weight", "token_embd.weight"},
		{source.AttnNorm, "model.layers.7.input_layernorm.weight", "blk.7.attn_norm.weight"},
		{source.Q, "model.layers.7.self_attn.q_proj.weight", "blk.7.attn_q.weight"},
		{source.K, "model.layers.7.self_attn.k_proj.weight", "blk.7.attn_k.weight"},
		{source.V, "model.layers.7.self_attn.v_proj.weight", "blk.7.attn_v.weight"},
		{source.O, "model.layers.7.self_attn.o_proj.weight", "blk.7.attn_output.weight"},
		{source.FFNNorm, "model.layers.7.post_attention_layernorm.weight", "blk.7.ffn_norm.weight"},
		{source.Gate, "model.layers.7.mlp.gate_proj.weight", "blk.7.ffn_gate.weight"},
		{source.Up, "model.layers.7.mlp.up_proj.weight", "blk.7.ffn_up.weight"},
		{source.Down, "model.layers.7.mlp.down_proj.weight", "blk.7.ffn_down.weight"},
		{source.FinalNorm, "model.norm.weight", "output_norm.weight"},
		{source.Head, "lm_head.weight", "output.weight"},
	} {
		name := source.Tensor{Kind: c.kind}
		if c.kind.PerLayer() {
			name.Layer = 7
		}
		require.Equal(t, c.huggingFace, source.HuggingFaceName(name))
		require.Equal(t, c.gguf, source.GGUFName(name))
	}
}

// The order in which source.Tensors yields a model's tensors.
func TestTensorsOfAModel(t *testing.T) {
	c := llama.Config{Layers: 2}
	block := []source.Kind{source.AttnNorm, source.Q, source.K, source.V, source.O,
		source.FFNNorm, source.Gate, source.Up, source.Down}
	want := []source.Tensor{{Kind: source.Embedding}}
	for layer := range c.Layers {
		for _, k := range block {
			want = append(want, source.Tensor{Layer: layer, Kind: k})
		}
	}
	want = append(want, source.Tensor{Kind: source.FinalNorm}, source.Tensor{Kind: source.Head})
	collect := func(c llama.Config) (all []source.Tensor) {
		for t := range source.Tensors(c) {
			all = append(all, t)
		}
		return all
	}
	require.Equal(t, want, collect(c))
	c.Tied = true
	require.Equal(t, want[:len(want)-1], collect(c))
	for range source.Tensors(c) {
		break // stopping early is allowed
	}
}
