package source

import "fmt"

// formatNames are the names of a tensor in the formats that name tensors, without the
// block and without ".weight".
type formatNames struct{ huggingFace, gguf string }

var names = map[Kind]formatNames{
	Embedding: {"model.embed_tokens", "token_embd"},
	AttnNorm:  {"input_layernorm", "attn_norm"},
	Q:         {"self_attn.q_proj", "attn_q"},
	K:         {"self_attn.k_proj", "attn_k"},
	V:         {"self_attn.v_proj", "attn_v"},
	O:         {"self_attn.o_proj", "attn_output"},
	FFNNorm:   {"post_attention_layernorm", "ffn_norm"},
	Gate:      {"mlp.gate_proj", "ffn_gate"},
	Up:        {"mlp.up_proj", "ffn_up"},
	Down:      {"mlp.down_proj", "ffn_down"},
	FinalNorm: {"model.norm", "output_norm"},
	Head:      {"lm_head", "output"},
}

// HuggingFaceName returns the name that transformers gives to a tensor, such as
// "model.layers.3.mlp.up_proj.weight".
func HuggingFaceName(t Tensor) string {
	if t.Kind.PerLayer() {
		return fmt.Sprintf("model.layers.%d.%s.weight", t.Layer, names[t.Kind].huggingFace)
	}
	return names[t.Kind].huggingFace + ".weight"
}

// GGUFName returns the name that llama.cpp gives to a tensor, such as
// "blk.3.ffn_up.weight".
func GGUFName(t Tensor) string {
	if t.Kind.PerLayer() {
		return fmt.Sprintf("blk.%d.%s.weight", t.Layer, names[t.Kind].gguf)
	}
	return names[t.Kind].gguf + ".weight"
}

// llama2cOrder is the order of a llama2.c file: all layers of a kind come before the next
// kind. Two tables of RoPE follow the final norm. A tied model has no head.
var llama2cOrder = []Kind{Embedding, AttnNorm, Q, K, V, O, FFNNorm, Gate, Down, Up, FinalNorm, Head}
