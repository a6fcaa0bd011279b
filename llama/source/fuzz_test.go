package source_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/testfiles"
	"fold.example/fold/llama"
	"fold.example/fold/llama/source"
	"fold.example/fold/llama/source/sourcetest"
)

// tiny is the smallest model that has everything: two layers, groups, scaling.
var tiny = sourcetest.Model{Seed: 1, Config: llama.Config{Dim: 4, Hidden: 4, Layers: 2, Heads: 2, KVHeads: 1,
	HeadDim: 2,
	Vocab:   3, Context: 4, RMSEps: 1e-5, Rope: llama.Rope{Theta: 10000}}}

// tinyFile writes tiny with write and returns the file of that name.
func tinyFile(t testing.TB, name string, write func(dir string) error) []byte {
	dir := t.TempDir()
	require.NoError(t, write(dir))
	data, err := os.ReadFile(filepath.Join(dir, name))
	require.NoError(t, err)
	return data
}

func tinySafetensors(t testing.TB) []byte {
	return tinyFile(t, "model.safetensors", func(dir string) error { return tiny.WriteHuggingFace(dir, 1) })
}

func tinyConfig(t testing.TB) []byte {
	return tinyFile(t, "config.json", func(dir string) error { return tiny.WriteHuggingFace(dir, 1) })
}

func tinyGGUF(t testing.TB, m sourcetest.Model, keys ...sourcetest.Key) []byte {
	return tinyFile(t, "m.gguf", func(dir string) error { return m.WriteGGUF(filepath.Join(dir, "m.gguf"), keys...) })
}

func tinyLlama2C(t testing.TB) []byte {
	return tinyFile(t, "m.bin", func(dir string) error { return tiny.WriteLlama2C(filepath.Join(dir, "m.bin")) })
}

// requireSound checks that an input is refused with ErrUnsupported or ErrCorrupt, or that
// every tensor of it can be read or is refused with ErrCorrupt.
func requireSound(t *testing.T, s source.Source, err error) {
	if err != nil {
		require.True(t, errors.Is(err, source.ErrCorrupt) || errors.Is(err, source.ErrUnsupported), "%v", err)
		return
	}
	for name := range source.Tensors(s.Config()) {
		rows, cols, err := s.Dims(name)
		require.NoError(t, err)
		wantRows, wantCols := source.Shape(s.Config(), name.Kind)
		require.Equal(t, [2]int{wantRows, wantCols}, [2]int{rows, cols})
		if err := s.ReadRows(name, 0, rows, make([]float32, rows*cols)); err != nil {
			require.ErrorIs(t, err, source.ErrCorrupt)
		}
	}
}

func FuzzSafetensors(f *testing.F) {
	config := tinyConfig(f)
	bitnet := []byte(strings.Replace(string(config), "{", `{"quantization_config": {"quant_method": "bitnet"},`, 1))
	f.Add(tinySafetensors(f), false)
	f.Add(packTiny(f), true)
	f.Add(int8Tiny(f), false)
	f.Fuzz(func(t *testing.T, data []byte, packed bool) {
		c := config
		if packed {
			c = bitnet
		}
		s, err := source.OpenSafetensorsBytes(c, data)
		requireSound(t, s, err)
	})
}

func FuzzGGUF(f *testing.F) {
	f.Add(tinyGGUF(f, tiny))
	scaled := tiny
	scaled.Config.Tied = true
	scaled.Config.Rope.Scaling = llama.RopeScaling{Kind: "factors", Factors: []float64{3}}
	f.Add(tinyGGUF(f, scaled, ggufTokens...))
	scaled.Config.Rope.Scaling = llama.RopeScaling{Kind: "linear", Factor: 2}
	f.Add(tinyGGUF(f, scaled, ggufTokens...))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := source.OpenGGUFBytes(data)
		requireSound(t, s, err)
		if err == nil {
			if _, err := s.Tokenizer(); err != nil {
				require.True(t, errors.Is(err, source.ErrCorrupt) || errors.Is(err, source.ErrNoTokenizer), "%v", err)
			}
		}
	})
}

func FuzzLlama2C(f *testing.F) {
	f.Add(tinyLlama2C(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := source.OpenLlama2CBytes(data)
		requireSound(t, s, err)
	})
}

func FuzzConfig(f *testing.F) {
	f.Add(tinyConfig(f))
	for _, path := range []string{"bard/config.json", "bard-ternary/packed/config.json", "bard/tokenizer_config.json"} {
		data, err := os.ReadFile(testfiles.Embedded(f, path))
		require.NoError(f, err)
		f.Add(data)
	}
	f.Add([]byte(`{"weight_map": {"a": "b.safetensors"}}`))
	f.Add([]byte(`{"chat_template": [{"name": "default", "template": "x"}]}`))
	f.Add([]byte(`{"model_type": "mistral", "sliding_window": null, "eos_token_id": [1, 2],
		"rope_parameters": {"rope_type": "llama3"}}`))
	f.Add([]byte(`{"quantization_config": {"quant_method": "compressed-tensors",
		"config_groups": {"g": {"weights": {"num_bits": 8}}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, err := range source.ParseConfigs(data) {
			if err != nil {
				require.LessOrEqual(t, len(err.Error()), 4096, "a message that a person can read")
			}
		}
	})
}

// FuzzFolder: a folder of two shards, whose index and first file are anything.
func FuzzFolder(f *testing.F) {
	dir := f.TempDir()
	require.NoError(f, tiny.WriteHuggingFace(dir, 2))
	const indexed = "model.safetensors.index.json"
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(f, err)
		return data
	}
	index := read(indexed)
	shards, err := filepath.Glob(filepath.Join(dir, "*.safetensors"))
	require.NoError(f, err)
	require.Len(f, shards, 2)
	first := filepath.Base(shards[0])
	shard := read(first)
	f.Add(index, shard)
	f.Add(index, shard[:len(shard)/2])
	f.Add([]byte(strings.ReplaceAll(string(index), first, "../"+first)), shard)
	f.Add([]byte(strings.Replace(string(index), first, filepath.Base(shards[1]), 1)), shard)
	f.Add([]byte(`{"weight_map": {}}`), shard)
	f.Fuzz(func(t *testing.T, index, shard []byte) {
		other := t.TempDir()
		require.NoError(t, os.CopyFS(other, os.DirFS(dir)))
		require.NoError(t, os.WriteFile(filepath.Join(other, indexed), index, 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(other, first), shard, 0o600))
		s, err := source.Open(other)
		requireSound(t, s, err)
		if err == nil {
			require.NoError(t, s.Close())
		}
	})
}

// FuzzBlocks: any bytes are blocks of every encoding of weights, as many values as they have
// room for, and each block is decoded by itself.
func FuzzBlocks(f *testing.F) {
	f.Add([]byte{}, 0)
	for i, e := range source.Encodings() {
		f.Add(bytes.Repeat([]byte{0x3c, 0xff, 0x00}, e.Bytes), i)
	}
	f.Fuzz(func(t *testing.T, data []byte, which int) {
		all := source.Encodings()
		e := all[uint(which)%uint(len(all))]
		blocks := len(data) / e.Bytes
		data = data[:blocks*e.Bytes]
		whole := make([]float32, blocks*e.Block)
		e.Decode(whole, data)
		one := make([]float32, e.Block)
		for i := range blocks {
			e.Decode(one, data[i*e.Bytes:][:e.Bytes])
			for j, v := range one {
				require.Equal(t, math.Float32bits(v), math.Float32bits(whole[i*e.Block+j]), "%s, block %d", e.Name, i)
			}
		}
	})
}
