package source_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama/source"
	"fold.example/fold/llama/source/sourcetest"
)

// rawTensor is a tensor of a safetensors file made by hand.
type rawTensor struct {
	dtype string
	shape []int
	data  []byte
}

// safetensors returns a safetensors file with the given tensors.
func safetensors(t testing.TB, tensors map[string]rawTensor) []byte {
	header, data := make(map[string]any), []byte(nil)
	for _, name := range slices.Sorted(maps.Keys(tensors)) {
		x := tensors[name]
		header[name] = map[string]any{"dtype": x.dtype, "shape": x.shape,
			"data_offsets": []int{len(data), len(data) + len(x.data)}}
		data = append(data, x.data...)
	}
	text, err := json.Marshal(header)
	require.NoError(t, err)
	return slices.Concat(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text, data)
}

// takeApart is the inverse of safetensors.
func takeApart(t testing.TB, file []byte) map[string]rawTensor {
	n := binary.LittleEndian.Uint64(file)
	var header map[string]struct {
		DType   string `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	require.NoError(t, json.Unmarshal(file[8:8+n], &header))
	tensors, data := make(map[string]rawTensor), file[8+n:]
	for name, h := range header {
		tensors[name] = rawTensor{h.DType, h.Shape, data[h.Offsets[0]:h.Offsets[1]]}
	}
	return tensors
}

// f32 encodes numbers as a vector.
func f32(values ...float32) rawTensor {
	x := rawTensor{"F32", []int{len(values)}, nil}
	for _, v := range values {
		x.data = binary.LittleEndian.AppendUint32(x.data, math.Float32bits(v))
	}
	return x
}

// blockMatrix names a matrix of layer 0 of tiny, of shape [4, 4].
const blockMatrix = "model.layers.0.self_attn.q_proj.weight"

// packTiny returns tiny with one matrix in BitNet's packed layout: column j of
// row i holds (i+j) mod 3 - 1 in the order of halves.
func packTiny(t testing.TB) []byte {
	tensors := takeApart(t, tinySafetensors(t))
	packed := make([]byte, 4)
	for j := range packed {
		for i := range 4 {
			packed[j] |= byte((i+j)%3) << (2 * i)
		}
	}
	tensors[blockMatrix] = rawTensor{"U8", []int{1, 4}, packed}
	tensors[blockMatrix+"_scale"] = f32(0.25)
	return safetensors(t, tensors)
}

// int8Tiny returns tiny with one matrix in I8, row i full of the number i+1, with
// scales 1, 0.5, 0.25, 0.125.
func int8Tiny(t testing.TB) []byte {
	tensors := takeApart(t, tinySafetensors(t))
	values := rawTensor{"I8", []int{4, 4}, nil}
	for i := range 16 {
		values.data = append(values.data, byte(i/4+1))
	}
	tensors[blockMatrix] = values
	scale := f32(1, 0.5, 0.25, 0.125)
	scale.shape = []int{4, 1}
	tensors[blockMatrix+"_scale"] = scale
	return safetensors(t, tensors)
}

var ggufTokens = []sourcetest.Key{
	{Name: "tokenizer.ggml.model", Value: "gpt2"}, {Name: "tokenizer.ggml.pre", Value: "llama-bpe"},
	{Name: "tokenizer.ggml.tokens", Value: []string{"a", "b", "ab"}}, {Name: "tokenizer.ggml.merges",
		Value: []string{"a b"}},
	{Name: "tokenizer.ggml.bos_token_id", Value: 1}, {Name: "tokenizer.ggml.eos_token_id", Value: 2},
	{Name: "tokenizer.ggml.add_bos_token", Value: true}, {Name: "tokenizer.ggml.add_space_prefix", Value: false},
	{Name: "tokenizer.chat_template", Value: "{{ messages }}"}, {Name: "general.tags", Value: []string{"x", "y"}},
}

// withConfig returns tiny's config.json with keys set, or removed when nil.
func withConfig(t testing.TB, keys map[string]any) []byte {
	var c map[string]any
	require.NoError(t, json.Unmarshal(tinyConfig(t), &c))
	for key, v := range keys {
		if c[key] = v; v == nil {
			delete(c, key)
		}
	}
	data, err := json.Marshal(c)
	require.NoError(t, err)
	return data
}

func TestPackedTernary(t *testing.T) {
	for class, scale := range map[string]float32{"autobitlinear": 0.25, "bitlinear": 4, "": 4} {
		s, err := source.OpenSafetensorsBytes(withConfig(t, map[string]any{
			"quantization_config": map[string]any{"quant_method": "bitnet", "linear_class": class}}), packTiny(t))
		require.NoError(t, err)
		got := readAll(t, s, source.Tensor{Kind: source.Q})
		for y := range 4 {
			for j := range 4 { // heads of width 2: the orders of halves and pairs are one
				require.Equal(t, scale*float32((y+j)%3-1), got[4*y+j], fmt.Sprint(class, y, j))
			}
		}
	}
}

func TestPackedTernaryRefusesTheFourthCode(t *testing.T) {
	tensors := takeApart(t, packTiny(t))
	tensors[blockMatrix].data[2] |= 3 << 4
	s, err := source.OpenSafetensorsBytes(withConfig(t, map[string]any{
		"quantization_config": map[string]any{"quant_method": "bitnet"}}), safetensors(t, tensors))
	require.NoError(t, err)
	require.NoError(t, s.ReadRows(source.Tensor{Kind: source.Q}, 0, 2, make([]float32, 8)))
	err = s.ReadRows(source.Tensor{Kind: source.Q}, 2, 3, make([]float32, 4))
	require.ErrorIs(t, err, source.ErrCorrupt)
	require.ErrorContains(t, err, "layer 0 q: damaged model: row 2, column 2 holds the code 3")
}

func TestInt8(t *testing.T) {
	compressed := map[string]any{"quant_method": "compressed-tensors", "format": "int-quantized",
		"config_groups": map[string]any{
			"group_0": map[string]any{"weights": map[string]any{"num_bits": 8, "type": "int", "symmetric": true,
				"strategy": "channel"}}}}
	for _, q := range []any{nil, compressed} {
		s, err := source.OpenSafetensorsBytes(withConfig(t, map[string]any{"quantization_config": q}), int8Tiny(t))
		require.NoError(t, err)
		require.Equal(t, "I8", s.Type(source.Tensor{Kind: source.Q}))
		require.Equal(t, []float32{1, 1, 1, 1, 1, 1, 1, 1, 0.75, 0.75, 0.75, 0.75, 0.5, 0.5, 0.5, 0.5},
			readAll(t, s, source.Tensor{Kind: source.Q}))
	}
	tensors := takeApart(t, int8Tiny(t))
	tensors[blockMatrix+"_scale"] = f32(2)
	s, err := source.OpenSafetensorsBytes(tinyConfig(t), safetensors(t, tensors))
	require.NoError(t, err)
	require.Equal(t, []float32{2, 2, 2, 2, 4, 4, 4, 4, 6, 6, 6, 6, 8, 8, 8, 8},
		readAll(t, s, source.Tensor{Kind: source.Q}))
}
