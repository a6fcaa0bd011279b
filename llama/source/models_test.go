package source_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fold/llama"
	"fold/llama/source"
)

const testdata = "../../testdata"

// shared returns the path of a file that does not belong to the project, or
// skips the test.
func shared(t *testing.T, elem ...string) string {
	t.Helper()
	root := os.Getenv("FOLD_SHARED")
	if root == "" {
		root = "../../../shared"
	}
	path := filepath.Join(append([]string{root, "models"}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("needs %s (set FOLD_SHARED to the folder that holds models)", path)
	}
	return path
}

func open(t *testing.T, path string) source.Source {
	t.Helper()
	s, err := source.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func readAll(t *testing.T, s source.Source, name source.Tensor) []float32 {
	t.Helper()
	rows, cols, err := s.Dims(name)
	require.NoError(t, err)
	dst := make([]float32, rows*cols)
	require.NoError(t, s.ReadRows(name, 0, rows, dst))
	return dst
}

// requireSame checks that two sources are the same model, bit for bit.
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
	hf := open(t, filepath.Join(testdata, "bard"))
	require.Equal(t, bardConfig, hf.Config())
	requireSame(t, hf, open(t, filepath.Join(testdata, "bard", "bard-f16.gguf")))
	require.Equal(t, "F16", hf.Type(source.Tensor{Kind: source.Q}))
}

func TestBardTernaryBothWays(t *testing.T) {
	dense := open(t, filepath.Join(testdata, "bard-ternary"))
	packed := open(t, filepath.Join(testdata, "bard-ternary", "packed"))
	require.Equal(t, "ternary U8", packed.Type(source.Tensor{Layer: 2, Kind: source.Down}))
	requireSame(t, dense, packed)
}

// A block of Q8_0 holds its largest value exactly up to the rounding of its
// scale to a half float, and the others to half a step.
func TestBardQ8(t *testing.T) {
	f16 := open(t, filepath.Join(testdata, "bard", "bard-f16.gguf"))
	q8 := open(t, filepath.Join(testdata, "bard", "bard-q8_0.gguf"))
	require.Equal(t, f16.Config(), q8.Config())
	require.Equal(t, "Q8_0", q8.Type(source.Tensor{Kind: source.Gate}))
	for name := range source.Tensors(f16.Config()) {
		want, got := readAll(t, f16, name), readAll(t, q8, name)
		for i := 0; i < len(want); i += 32 {
			largest := float32(0)
			for _, w := range want[i : i+32] {
				largest = max(largest, w, -w)
			}
			for j, w := range want[i : i+32] {
				require.InDelta(t, w, got[i+j], float64(largest)*(0.5/127+0.0006), "%v %d", name, i+j)
			}
		}
	}
}

func TestStories260K(t *testing.T) {
	s := open(t, shared(t, "stories260K", "stories260K.bin"))
	require.Equal(t, llama.Config{Dim: 64, Hidden: 172, Layers: 5, Heads: 8, KVHeads: 4, HeadDim: 8, Vocab: 512,
		Context: 512, RMSEps: 1e-5, Rope: llama.Rope{Theta: 10000}, Tied: true}, s.Config())
	for name := range source.Tensors(s.Config()) {
		sum := 0.0
		values := readAll(t, s, name)
		for _, v := range values {
			sum += float64(v) * float64(v)
		}
		require.InDelta(t, 1, sum/float64(len(values)), 30, "%v: weights of a trained model are of moderate size", name)
		require.NotZero(t, sum)
	}
	m, err := s.Tokenizer()
	require.NoError(t, err)
	require.Equal(t, source.TokenizerLlama2C, m.Kind)
}

func TestSmolLM2(t *testing.T) {
	s := open(t, shared(t, "smollm2-135m", "SmolLM2-135M-Instruct.Q4_1.gguf"))
	require.Equal(t, llama.Config{Dim: 576, Hidden: 1536, Layers: 30, Heads: 9, KVHeads: 3, HeadDim: 64, Vocab: 49152,
		Context: 8192, RMSEps: 1e-5, Rope: llama.Rope{Theta: 100000}, Tied: true}, s.Config())
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
