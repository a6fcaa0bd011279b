package source

import (
	"encoding/json"
	"fmt"
	"slices"

	"fold.example/fold/llama"
)

// hfConfig has the fields of a Hugging Face config.json that matter here. A pointer is nil
// for an absent value.
type hfConfig struct {
	Architectures []string `json:"architectures"`
	ModelType     string   `json:"model_type"`

	Dim     *int `json:"hidden_size"`
	Hidden  *int `json:"intermediate_size"`
	Layers  *int `json:"num_hidden_layers"`
	Heads   *int `json:"num_attention_heads"`
	KVHeads *int `json:"num_key_value_heads"`
	HeadDim *int `json:"head_dim"`
	Vocab   *int `json:"vocab_size"`
	Context *int `json:"max_position_embeddings"`

	RMSEps         *float64 `json:"rms_norm_eps"`
	RopeTheta      *float64 `json:"rope_theta"`
	RopeScaling    *hfRope  `json:"rope_scaling"`
	RopeParameters *hfRope  `json:"rope_parameters"` // replaces both of the above since transformers 5
	Tied           bool     `json:"tie_word_embeddings"`

	Quantization *hfQuantization `json:"quantization_config"`
	BOS          tokenIDs        `json:"bos_token_id"`
	EOS          tokenIDs        `json:"eos_token_id"`

	hfRefused
}

// hfRefused are settings with which the model does not compute the function of a LLaMA.
type hfRefused struct {
	Activation      *string  `json:"hidden_act"`
	AttentionBias   bool     `json:"attention_bias"`
	MLPBias         bool     `json:"mlp_bias"`
	SlidingWindow   window   `json:"sliding_window"`
	RopeInterleaved bool     `json:"rope_interleaved"`
	RopePart        *float64 `json:"partial_rotary_factor"`
	Experts         *int     `json:"num_local_experts"`
}

// hfRope is the rope_scaling or rope_parameters object.
type hfRope struct {
	Type            string   `json:"rope_type"`
	OldType         string   `json:"type"`
	Theta           *float64 `json:"rope_theta"`
	Part            *float64 `json:"partial_rotary_factor"`
	Factor          float64  `json:"factor"`
	LowFreqFactor   float64  `json:"low_freq_factor"`
	HighFreqFactor  float64  `json:"high_freq_factor"`
	OriginalContext int      `json:"original_max_position_embeddings"`
}

// The architectures with the function of a LLaMA, and their model types.
var (
	hfArchitectures = []string{"LlamaForCausalLM", "LLaMAForCausalLM", "MistralForCausalLM"}
	hfModelTypes    = []string{"llama", "mistral"}
)

// parseHFConfig decodes a config.json and refuses models with another function than a
// LLaMA's.
func parseHFConfig(data []byte) (*hfConfig, llama.Config, error) {
	var h hfConfig
	if err := json.Unmarshal(data, &h); err != nil {
		return nil, llama.Config{}, corrupt("config.json: %w", err)
	}
	if err := h.checkArchitecture(); err != nil {
		return nil, llama.Config{}, err
	}
	c, err := h.config()
	if err != nil {
		return nil, c, err
	}
	if err := h.checkRefused(c); err != nil {
		return nil, c, err
	}
	if err := h.Quantization.check(); err != nil {
		return nil, c, err
	}
	return &h, c, checkConfig(c)
}

func (h *hfConfig) checkArchitecture() error {
	for _, a := range h.Architectures {
		if !slices.Contains(hfArchitectures, a) {
			return unsupported("architecture %.100q, expected one of %v", a, hfArchitectures)
		}
	}
	if !slices.Contains(hfModelTypes, h.ModelType) && (h.ModelType != "" || len(h.Architectures) == 0) {
		return unsupported("model type %.100q, expected one of %v", h.ModelType, hfModelTypes)
	}
	return nil
}

// config applies the defaults that transformers' LlamaConfig has.
func (h *hfConfig) config() (c llama.Config, err error) {
	for _, need := range []struct {
		key  string
		from *int
		to   *int
	}{
		{"hidden_size", h.Dim, &c.Dim},
		{"intermediate_size", h.Hidden, &c.Hidden},
		{"num_hidden_layers", h.Layers, &c.Layers},
		{"num_attention_heads", h.Heads, &c.Heads},
		{"vocab_size", h.Vocab, &c.Vocab},
		{"max_position_embeddings", h.Context, &c.Context},
	} {
		if need.from == nil {
			return c, corrupt("config.json has no %s, expected a number", need.key)
		}
		*need.to = *need.from
	}
	c.KVHeads = valueOr(h.KVHeads, c.Heads)
	if c.HeadDim, err = headDim(h.HeadDim, c.Dim, c.Heads); err != nil {
		return c, err
	}
	c.RMSEps = valueOr(h.RMSEps, 1e-6)
	c.Tied = h.Tied
	c.Rope, err = h.rope()
	return c, err
}

func (h *hfConfig) rope() (llama.Rope, error) {
	r, s := llama.Rope{Theta: valueOr(h.RopeTheta, 10000)}, h.RopeScaling
	if h.RopeParameters != nil {
		s = h.RopeParameters
	}
	if s == nil {
		return r, nil
	}
	r.Theta = valueOr(s.Theta, r.Theta)
	kind := s.Type
	if kind == "" {
		kind = s.OldType
	}
	switch kind {
	case "default", "":
	case "linear":
		r.Scaling = llama.RopeScaling{Kind: kind, Factor: s.Factor}
	case "llama3":
		r.Scaling = llama.RopeScaling{Kind: kind, Factor: s.Factor, LowFreqFactor: s.LowFreqFactor,
			HighFreqFactor: s.HighFreqFactor, OriginalContext: s.OriginalContext}
	default:
		return r, unsupported("RoPE scaling of type %.100q, expected linear or llama3", kind)
	}
	return r, nil
}

// checkRefused refuses settings that change the arithmetic.
func (h *hfConfig) checkRefused(c llama.Config) error {
	sliding := h.SlidingWindow
	if !sliding.stated && h.ModelType == "mistral" {
		sliding.tokens = 4096 // MistralConfig's default
	}
	part := h.RopePart
	for _, r := range []*hfRope{h.RopeScaling, h.RopeParameters} {
		if r != nil && r.Part != nil {
			part = r.Part
		}
	}
	switch act := valueOr(h.Activation, "silu"); {
	case act != "silu" && act != "swish":
		return unsupported("activation %.100q, expected silu", act)
	case h.AttentionBias:
		return unsupported("attention_bias is true, expected projections without bias")
	case h.MLPBias:
		return unsupported("mlp_bias is true, expected projections without bias")
	case sliding.tokens != 0 && sliding.tokens < c.Context:
		return unsupported("a sliding window of %d tokens in a context of %d, expected attention to all of them",
			sliding.tokens, c.Context)
	case h.RopeInterleaved:
		return unsupported("rope_interleaved is true, expected the halves order of Hugging Face")
	case valueOr(part, 1) != 1:
		return unsupported("partial_rotary_factor is %v, expected 1", *part)
	case valueOr(h.Experts, 0) > 0:
		return unsupported("a mixture of %d experts, expected one feed-forward part a layer", *h.Experts)
	}
	return nil
}

func valueOr[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

// headDim returns the width of a head: the one stated, or dim / heads.
func headDim(stated *int, dim, heads int) (int, error) {
	if stated != nil {
		return *stated, nil
	}
	if heads < 1 || dim%heads != 0 {
		return 0, corrupt("%d heads for a width of %d, expected a divisor or a stated width of a head", heads, dim)
	}
	return dim / heads, nil
}

// window is a number of tokens, zero for null. An absent one has stated == false.
type window struct {
	stated bool
	tokens int
}

// UnmarshalJSON decodes a number or null; encoding/json calls it for null, too.
func (w *window) UnmarshalJSON(data []byte) error {
	w.stated, w.tokens = true, 0
	return json.Unmarshal(data, &w.tokens)
}

// tokenIDs is a token id, a list of them, or null.
type tokenIDs []int

// UnmarshalJSON accepts all three forms.
func (t *tokenIDs) UnmarshalJSON(data []byte) error {
	var one *int
	if err := json.Unmarshal(data, &one); err == nil {
		*t = nil
		if one != nil {
			*t = tokenIDs{*one}
		}
		return nil
	}
	var many []int
	if err := json.Unmarshal(data, &many); err != nil {
		return fmt.Errorf("expected a token id or a list of them: %w", err)
	}
	*t = many
	return nil
}
