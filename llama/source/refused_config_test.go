package source_test

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama"
	"fold.example/fold/llama/source"
)

type object = map[string]any

// configs are values of a key of config.json: accepted ones have the kind nil.
var configs = []struct {
	key   string
	value any
	kind  error
	says  string
}{
	{"architectures", []string{"Qwen2ForCausalLM"}, source.ErrUnsupported,
		`architecture "Qwen2ForCausalLM", expected one of [LlamaForCausalLM`},
	{"architectures", []string{"MixtralForCausalLM"}, source.ErrUnsupported, `"MixtralForCausalLM"`},
	{"model_type", "gemma", source.ErrUnsupported, `model type "gemma", expected one of [llama mistral]`},
	{"hidden_size", nil, source.ErrCorrupt, "config.json has no hidden_size"},
	{"hidden_size", "4", source.ErrCorrupt, "config.json: json: cannot unmarshal string"},
	{"hidden_size", 1e30, source.ErrCorrupt, "config.json: json: cannot unmarshal number"},
	{"hidden_size", 1 << 40, source.ErrUnsupported, "dim is 1099511627776, expected 1 to 65536"},
	{"vocab_size", -3, source.ErrUnsupported, "vocab is -3"},
	{"num_hidden_layers", math.MaxInt64, source.ErrUnsupported, "layers is 9223372036854775807"},
	{"num_attention_heads", 0, source.ErrUnsupported, "heads is 0"},
	{"num_key_value_heads", 3, source.ErrUnsupported, "heads is 2, expected a multiple of kv_heads, 3"},
	{"head_dim", 3, source.ErrUnsupported, "head_dim is 3, expected an even number"},
	{"rms_norm_eps", 2, source.ErrUnsupported, "rms_eps is 2"},
	{"hidden_act", "gelu", source.ErrUnsupported, `activation "gelu", expected silu`},
	{"attention_bias", true, source.ErrUnsupported, "attention_bias is true"},
	{"mlp_bias", true, source.ErrUnsupported, "mlp_bias is true"},
	{"sliding_window", 2, source.ErrUnsupported, "sliding window of 2 tokens in a context of 4"},
	{"model_type", "mistral", nil, ""}, // its default window is longer than the context here
	{"sliding_window", 4, nil, ""},
	{"rope_interleaved", true, source.ErrUnsupported, "rope_interleaved"},
	{"partial_rotary_factor", 0.5, source.ErrUnsupported, "partial_rotary_factor is 0.5, expected 1"},
	{"num_local_experts", 8, source.ErrUnsupported, "a mixture of 8 experts"},
	{"rope_scaling", object{"rope_type": "yarn", "factor": 4}, source.ErrUnsupported,
		`RoPE scaling of type "yarn", expected linear or llama3`},
	{"rope_scaling", object{"type": "dynamic", "factor": 4}, source.ErrUnsupported,
		`RoPE scaling of type "dynamic"`},
	{"rope_scaling", object{"type": "linear"}, source.ErrUnsupported, "rope scaling factor is 0"},
	{"rope_scaling", object{"rope_type": "llama3", "factor": 8, "low_freq_factor": 4, "high_freq_factor": 1},
		source.ErrUnsupported, "low 4, high 1"},
	{"rope_scaling", object{"rope_type": "default"}, nil, ""},
	{"rope_theta", 0, source.ErrUnsupported, "theta is 0"},
	{"quantization_config", object{"quant_method": "gptq"}, source.ErrUnsupported,
		`quantisation method "gptq", expected bitnet, compressed-tensors or none`},
	{"quantization_config", object{"quant_method": "bitnet", "quantization_mode": "online"}, source.ErrUnsupported,
		`quantization_mode "online"`},
	{"quantization_config", object{"quant_method": "bitnet", "linear_class": "x"}, source.ErrUnsupported,
		`linear_class "x"`},
	{"quantization_config", object{"quant_method": "bitnet", "use_rms_norm": true}, source.ErrUnsupported,
		"use_rms_norm"},
	{"quantization_config", object{"quant_method": "compressed-tensors", "format": "pack-quantized"},
		source.ErrUnsupported, `format "pack-quantized", expected int-quantized`},
	{"quantization_config", object{"quant_method": "compressed-tensors", "format": "int-quantized",
		"kv_cache_scheme": object{}}, source.ErrUnsupported, "kv_cache_scheme"},
	{"quantization_config", object{"quant_method": "compressed-tensors", "format": "int-quantized",
		"config_groups": object{
			"g": object{"weights": object{"num_bits": 4, "type": "int",
				"strategy": "group"}}}}, source.ErrUnsupported,
		`weights of 4 bits, type "int", symmetric true, strategy "group"`},
	{"x", strings.Repeat("[", 20000) + strings.Repeat("]", 20000), nil, ""}, // a string, not nesting
}

func TestConfigRefused(t *testing.T) {
	for _, x := range configs {
		s, err := source.OpenSafetensorsBytes(withConfig(t, map[string]any{x.key: x.value}), tinySafetensors(t))
		if x.kind == nil {
			require.NoError(t, err, "%s %v", x.key, x.value)
			requireSound(t, s, err)
			continue
		}
		requireRefused(t, err, x.kind, x.says)
	}
}

// A Mistral configuration has a sliding window by default; null removes it.
func TestMistralWindow(t *testing.T) {
	keys := map[string]any{"architectures": []string{"MistralForCausalLM"}, "model_type": "mistral",
		"max_position_embeddings": 8192}
	config := withConfig(t, keys)
	_, err := source.OpenSafetensorsBytes(config, tinySafetensors(t))
	requireRefused(t, err, source.ErrUnsupported, "a sliding window of 4096 tokens in a context of 8192")
	config = append([]byte(`{"sliding_window": null,`), config[1:]...)
	_, err = source.OpenSafetensorsBytes(config, tinySafetensors(t))
	require.NoError(t, err)
}

func TestRopeParametersOfTransformers5(t *testing.T) {
	s, err := source.OpenSafetensorsBytes(withConfig(t, map[string]any{"rope_theta": nil,
		"rope_parameters": map[string]any{
			"rope_type": "linear", "factor": 4, "rope_theta": 5000}}), tinySafetensors(t))
	require.NoError(t, err)
	require.Equal(t, llama.Rope{Theta: 5000, Scaling: llama.RopeScaling{Kind: "linear", Factor: 4}}, s.Config().Rope)
}

func TestDeepJSONRefused(t *testing.T) {
	deep := []byte(`{"x":` + strings.Repeat("[", 1<<20))
	_, err := source.OpenSafetensorsBytes(deep, nil)
	requireRefused(t, err, source.ErrCorrupt, "exceeded max depth")
	file := append(binary.LittleEndian.AppendUint64(nil, uint64(len(deep))), deep...)
	_, err = source.OpenSafetensorsBytes(tinyConfig(t), file)
	requireRefused(t, err, source.ErrCorrupt, "exceeded max depth")
}
