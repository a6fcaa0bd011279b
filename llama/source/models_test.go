package source_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/testfiles"
	"fold.example/fold/llama"
	"fold.example/fold/llama/source"
	"fold.example/fold/llama/source/sourcetest"
)

func readAll(t *testing.T, s source.Source, name source.Tensor) []float32 {
	t.Helper()
	rows, cols, err := s.Dims(name)
	require.NoError(t, err)
	dst := make([]float32, rows*cols)
	require.NoError(t, s.ReadRows(name, 0, rows, dst))
	return dst
}

// requireSame checks that two sources have the same configuration and weights, bit for bit.
func requireSame(t *testing.T, a, b source.Source) {
	t.Helper()
	require.Equal(t, a.Config(), b.Config())
	for name := range source.Tensors(a.Config()) {
		require.Equal(t, readAll(t, a, name), readAll(t, b, name), "%v", name)
	}
}

var bardConfig = llama.Config{Dim: 128, Hidden: 352, Layers: 4, Heads: 8, KVHeads: 2, HeadDim: 16, Vocab: 512,
	Context: 256, RMSEps: 1e-5, Rope: llama.Rope{Theta: 10000}, Tied: true}

func TestBardBothWays(t *testing.T) {
	hf := sourcetest.Open(t, testfiles.Embedded(t, "bard"))
	require.Equal(t, bardConfig, hf.Config())
	requireSame(t, hf, sourcetest.Open(t, testfiles.Embedded(t, "bard", "bard-f16.gguf")))
	require.Equal(t, "F16", hf.Type(source.Tensor{Kind: source.Q}))
}

func TestBardTernaryBothWays(t *testing.T) {
	dense := sourcetest.Open(t, testfiles.Embedded(t, "bard-ternary"))
	packed := sourcetest.Open(t, testfiles.Embedded(t, "bard-ternary", "packed"))
	require.Equal(t, "ternary U8", packed.Type(source.Tensor{Layer: 2, Kind: source.Down}))
	requireSame(t, dense, packed)
}

// fingerprint is the SHA-256 of all weights as little-endian float32.
func fingerprint(t *testing.T, s source.Source) string {
	t.Helper()
	h := sha256.New()
	var raw []byte
	for name := range source.Tensors(s.Config()) {
		raw = raw[:0]
		for _, v := range readAll(t, s, name) {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
		}
		h.Write(raw)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// The fingerprints were computed without this package; see
// testdata/fingerprints.py.
func TestFingerprints(t *testing.T) {
	for path, want := range map[string]string{
		"bard":                "198eaee4d44ae8235a7ec08e58156e84d1d684e370874f985eb2455917e7d67e",
		"bard/bard-q8_0.gguf": "f1003ab9d49ed7afeed1f52939b26a2a0877aaa7728a5bc3dd6123e9e360a326",
	} {
		require.Equal(t, want, fingerprint(t, sourcetest.Open(t, testfiles.Embedded(t, path))), path)
	}
}

func TestStories260K(t *testing.T) {
	s := sourcetest.Open(t, testfiles.Model(t, "stories260K", "stories260K.bin"))
	require.Equal(t, llama.Config{Dim: 64, Hidden: 172, Layers: 5, Heads: 8, KVHeads: 4, HeadDim: 8, Vocab: 512,
		Context: 512, RMSEps: 1e-5, Rope: llama.Rope{Theta: 10000}, Tied: true}, s.Config())
	require.Equal(t, "a6942a27539975cffc70f3c296248789e3f903cc22f708676a5b5971d61bc36e", fingerprint(t, s))
	m, err := s.Tokenizer()
	require.NoError(t, err)
	require.Equal(t, source.TokenizerLlama2C, m.Kind)
}

func TestSmolLM2(t *testing.T) {
	s := sourcetest.Open(t, testfiles.Model(t, "smollm2-135m", "SmolLM2-135M-Instruct.Q4_1.gguf"))
	require.Equal(t, llama.Config{Dim: 576, Hidden: 1536, Layers: 30, Heads: 9, KVHeads: 3, HeadDim: 64, Vocab: 49152,
		Context: 8192, RMSEps: 1e-5, Rope: llama.Rope{Theta: 100000}, Tied: true}, s.Config())
	require.Equal(t, "6d7b277a5cf21a2913bee63246dc338d97cf33e838d9d33dbcdc88c12f4bbee7", fingerprint(t, s))
	require.Equal(t, "Q4_1", s.Type(source.Tensor{Layer: 29, Kind: source.Down}))
	m, err := s.Tokenizer()
	require.NoError(t, err)
	require.Equal(t, "gpt2", m.Vocabulary.Model)
	require.Equal(t, "smollm", m.Vocabulary.Pre)
	require.Len(t, m.Vocabulary.Tokens, 49152)
	require.Len(t, m.Vocabulary.Merges, 48900)
	require.Equal(t, []int{1}, m.BOS)
	require.Equal(t, []int{2}, m.EOS)
	require.Contains(t, m.ChatTemplate, "<|im_start|>")
}
