package source

import "fmt"

// formatNames are the names of a tensor in the formats that name tensors, without the block.
type formatNames struct{ huggingFace, gguf string }

var names = map[Kind]formatNames{
	Embedding: {"model.embed_tokens.weight", "token_embd.weight"},
	AttnNorm:  {"input_layernorm.weight", "attn_norm.weight"},
	Q:         {"self_attn.q_proj.weight", "attn_q.weight"},
	K:         {"self_attn.k_proj.weight", "attn_k.weight"},
	V:         {"self_attn.v_proj.weight", "attn_v.weight"},
	O:         {"self_attn.o_proj.weight", "attn_output.weight"},
	FFNNorm:   {"post_attention_layernorm.weight", "ffn_norm.weight"},
	Gate:      {"mlp.gate_proj.weight", "ffn_gate.weight"},
	Up:        {"mlp.up_proj.weight", "ffn_up.weight"},
	Down:      {"mlp.down_proj.weight", "ffn_down.weight"},
	FinalNorm: {"model.norm.weight", "output_norm.weight"},
	Head:      {"lm_head.weight", "output.weight"},
}

// HuggingFaceName returns the name that transformers gives to a tensor, such as
// "model.layers.3.mlp.up_proj.weight".
func HuggingFaceName(t Tensor) string {
	if t.Kind.PerLayer() {
		return fmt.Sprintf("model.layers.%d.%s", t.Layer, names[t.Kind].huggingFace)
	}
	return names[t.Kind].huggingFace
}

// GGUFName returns the name that llama.cpp gives to a tensor, such as
// "blk.3.ffn_up.weight".
func GGUFName(t Tensor) string {
	if t.Kind.PerLayer() {
		return fmt.Sprintf("blk.%d.%s", t.Layer, names[t.Kind].gguf)
	}
	return names[t.Kind].gguf
}

// llama2cOrder is the order of a llama2.c file: all layers of a kind come before the next
// kind. Two tables of RoPE follow the final norm. A tied model has no head.
var llama2cOrder = []Kind{Embedding, AttnNorm, Q, K, V, O, FFNNorm, Gate, Down, Up, FinalNorm, Head}
