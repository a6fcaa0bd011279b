package source_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama/source"
)

func TestSafetensorsRefused(t *testing.T) {
	const norm = "model.norm.weight"
	for _, x := range map[string]struct {
		edit func(m map[string]rawTensor)
		kind error
		says string
	}{
		"missing": {func(m map[string]rawTensor) { delete(m, norm) }, source.ErrCorrupt,
			"no tensor model.norm.weight"},
		"bias": {func(m map[string]rawTensor) { m["model.layers.1.self_attn.q_proj.bias"] = f32(1, 2) },
			source.ErrUnsupported,
			"1 tensor(s) more than a LLaMA has, such as model.layers.1.self_attn.q_proj.bias"},
		"more layers": {func(m map[string]rawTensor) { m["model.layers.2.mlp.up_proj.weight"] = f32(1) },
			source.ErrUnsupported, "model.layers.2.mlp.up_proj.weight"},
		"shape": {func(m map[string]rawTensor) { m[norm] = f32(1, 2, 3) }, source.ErrCorrupt,
			"tensor model.norm.weight has shape [3], expected [4]"},
		"transposed": {func(m map[string]rawTensor) {
			m["lm_head.weight"] = rawTensor{"F16", []int{4, 3},
				make([]byte, 24)}
		},
			source.ErrCorrupt, "has shape [4 3], expected [3 4]"},
		"type": {func(m map[string]rawTensor) { m[norm] = rawTensor{"F64", []int{4}, make([]byte, 32)} },
			source.ErrUnsupported, "tensor model.norm.weight is of type F64"},
		"unknown type": {func(m map[string]rawTensor) { m[norm] = rawTensor{"F3", []int{4}, make([]byte, 32)} },
			source.ErrUnsupported, `is of type "F3"`},
		"length": {func(m map[string]rawTensor) { m[norm] = rawTensor{"F32", []int{4}, make([]byte, 15)} },
			source.ErrCorrupt, "tensor model.norm.weight has 15 bytes, expected those of shape [4] and type F32"},
		"huge shape": {func(m map[string]rawTensor) {
			m[norm] = rawTensor{"F32", []int{1 << 40, 1 << 40}, make([]byte, 16)}
		}, source.ErrCorrupt, "of shape [1099511627776 1099511627776]"},
		"negative": {func(m map[string]rawTensor) { m[norm] = rawTensor{"F32", []int{-4, -1}, make([]byte, 16)} },
			source.ErrCorrupt, "of shape [-4 -1]"},
		"int8 alone": {func(m map[string]rawTensor) {
			m[blockMatrix] = rawTensor{"I8", []int{4, 4},
				make([]byte, 16)}
		}, source.ErrUnsupported, "of type I8, expected its scales in a tensor " + blockMatrix + "_scale"},
		"packed, plain": {func(m map[string]rawTensor) {
			m[blockMatrix] = rawTensor{"U8", []int{1, 4},
				make([]byte, 4)}
		}, source.ErrCorrupt, "has shape [1 4]"},
	} {
		tensors := takeApart(t, tinySafetensors(t))
		x.edit(tensors)
		_, err := source.OpenSafetensorsBytes(tinyConfig(t), safetensors(t, tensors))
		requireRefused(t, err, x.kind, x.says)
	}
}

func TestSafetensorsIgnoresWhatTheConfigurationSays(t *testing.T) {
	tensors := takeApart(t, tinySafetensors(t))
	tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = f32(1)
	s, err := source.OpenSafetensorsBytes(withConfig(t, map[string]any{"tie_word_embeddings": true}),
		safetensors(t, tensors))
	require.NoError(t, err)
	require.Equal(t, readAll(t, s, source.Tensor{Kind: source.Embedding}),
		readAll(t, s, source.Tensor{Kind: source.Head}))
}

func TestSafetensorsOffsetsRefused(t *testing.T) {
	file := tinySafetensors(t)
	edit := func(old, changed string) []byte {
		require.Len(t, changed, len(old))
		require.Equal(t, 1, bytes.Count(file, []byte(old)))
		return bytes.Replace(file, []byte(old), []byte(changed), 1)
	}
	for _, x := range []struct {
		file []byte
		says string
	}{
		{file[:len(file)-1], "within 471 bytes of data"},
		{append(bytes.Clone(file), 0), "the tensors end at byte"},
		{file[:7], "safetensors file of 7 bytes"},
		{file[:100], "header of"},
		{append(bytes.Repeat([]byte{255}, 8), file[8:]...), "header of 18446744073709551615 bytes"},
		{edit(`"data_offsets":[0,24]`, `"data_offsets":[2,26]`), "starts at byte 2 of the data, expected 0"},
		{edit(`"data_offsets":[24,32]`, `"data_offsets":[22,30]`), "starts at byte 22 of the data, expected 24"},
		{edit(`"data_offsets":[24,32]`, `"data_offsets":[32,24]`), "lies at [32 24]"},
		{edit(`"data_offsets":[24,32]`, `"data_offsets":[24]   `), "lies at [24]"},
		{edit(`{"model.embed`, `["model.embed`), "expected an object"},
		{edit(`"model.layers.1.input_layernorm.weight"`, `"model.layers.0.input_layernorm.weight"`), "twice"},
	} {
		_, err := source.OpenSafetensorsBytes(tinyConfig(t), x.file)
		requireRefused(t, err, source.ErrCorrupt, x.says)
	}
}

func TestFolderRefused(t *testing.T) {
	for name, x := range map[string]struct {
		edit func(dir string) error
		says string
	}{
		"no weights": {func(dir string) error { return os.Remove(filepath.Join(dir, "model.safetensors.index.json")) },
			"a folder without weights, expected model.safetensors or"},
		"outside": {writeIndex(`{"weight_map": {"x": "../x.safetensors"}}`),
			`"../x.safetensors", expected a name in the same folder`},
		"no files": {writeIndex(`{}`), "0 files, expected 1 to"},
		"wrong home": {writeIndex(`{"weight_map": {"model.norm.weight": "model-00001-of-00002.safetensors"}}`),
			"tensor model.norm.weight is not in model-00001-of-00002"},
		"no shard": {func(dir string) error {
			return os.Remove(filepath.Join(dir,
				"model-00002-of-00002.safetensors"))
		}, "no such file"},
		"double": {func(dir string) error {
			data, err := os.ReadFile(filepath.Join(dir, "model-00001-of-00002.safetensors"))
			return errors.Join(err, os.WriteFile(filepath.Join(dir, "model-00002-of-00002.safetensors"), data, 0o600))
		}, "in both model-00001-of-00002.safetensors and model-00002-of-00002.safetensors"},
	} {
		dir := t.TempDir()
		require.NoError(t, tiny.WriteHuggingFace(dir, 2))
		require.NoError(t, x.edit(dir), name)
		_, err := source.Open(dir)
		require.ErrorContains(t, err, x.says, name)
	}
}

func writeIndex(text string) func(dir string) error {
	return func(dir string) error {
		return os.WriteFile(filepath.Join(dir, "model.safetensors.index.json"), []byte(text), 0o600)
	}
}
