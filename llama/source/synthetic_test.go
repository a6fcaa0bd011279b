package source_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/testfiles"
	"fold.example/fold/llama"
	"fold.example/fold/llama/source"
	"fold.example/fold/llama/source/sourcetest"
)

// drawConfig draws the shape of a small model, with odd widths, any grouping, widths of a
// head independent of the model's width, and each kind of RoPE scaling.
func drawConfig(t *rapid.T) llama.Config {
	kv := rapid.IntRange(1, 3).Draw(t, "kv heads")
	c := llama.Config{
		Dim:     rapid.IntRange(1, 40).Draw(t, "dim"),
		Hidden:  rapid.IntRange(1, 50).Draw(t, "hidden"),
		Layers:  rapid.IntRange(1, 3).Draw(t, "layers"),
		Heads:   kv * rapid.IntRange(1, 3).Draw(t, "group"),
		KVHeads: kv,
		HeadDim: 2 * rapid.IntRange(1, 9).Draw(t, "half head"),
		Vocab:   rapid.IntRange(1, 60).Draw(t, "vocab"),
		Context: rapid.IntRange(1, 9).Draw(t, "context"),
		RMSEps:  rapid.SampledFrom([]float64{1e-5, 1e-6, 0.001}).Draw(t, "eps"),
		Rope:    llama.Rope{Theta: rapid.SampledFrom([]float64{10000, 500000}).Draw(t, "theta")},
		Tied:    rapid.Bool().Draw(t, "tied"),
	}
	switch rapid.IntRange(0, 2).Draw(t, "scaling") {
	case 1:
		c.Rope.Scaling = llama.RopeScaling{Kind: "linear", Factor: 2.5}
	case 2:
		c.Rope.Scaling = llama.RopeScaling{Kind: "llama3", Factor: 8, LowFreqFactor: 1, HighFreqFactor: 4,
			OriginalContext: 8192}
		c.HeadDim = 128 // with fewer pairs, no frequency may be divided by the whole factor
	}
	return c
}

// folder makes a new temporary folder within a property.
func folder(t *rapid.T) string {
	dir, err := os.MkdirTemp("", "fold-source-")
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// requireModel checks that path opens as the model m, in any range of rows.
func requireModel(t *rapid.T, m sourcetest.Model, path string) {
	s, err := source.Open(path)
	require.NoError(t, err)
	defer s.Close()
	require.Equal(t, m.Config, s.Config())
	for name := range source.Tensors(m.Config) {
		require.True(t, s.Has(name))
		rows, cols, err := s.Dims(name)
		require.NoError(t, err)
		lo := rapid.IntRange(0, rows).Draw(t, "lo")
		hi := rapid.IntRange(lo, rows).Draw(t, "hi")
		got, want := make([]float32, (hi-lo)*cols), make([]float32, (hi-lo)*cols)
		require.NoError(t, s.ReadRows(name, lo, hi, got))
		for y := lo; y < hi; y++ {
			m.Row(name, y, want[(y-lo)*cols:][:cols])
		}
		require.Equal(t, want, got, "%v of %s", name, path)
	}
}

// The same weights written in each format read as the same model.
func TestFormatsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := sourcetest.Model{Config: drawConfig(t), Seed: rapid.Uint64().Draw(t, "seed")}
		dir := folder(t)
		require.NoError(t, m.WriteHuggingFace(dir, rapid.IntRange(1, 4).Draw(t, "shards")))
		requireModel(t, m, dir)
		require.NoError(t, m.WriteGGUF(filepath.Join(dir, "m.gguf")))
		requireModel(t, m, filepath.Join(dir, "m.gguf"))

		m.Config.Rope, m.Config.RMSEps = llama.Rope{Theta: 10000}, 1e-5
		m.Config.Dim = m.Config.Heads * m.Config.HeadDim
		require.NoError(t, m.WriteLlama2C(filepath.Join(dir, "m.bin")))
		requireModel(t, m, filepath.Join(dir, "m.bin"))
	})
}

func TestTiedHeadIsTheEmbedding(t *testing.T) {
	s := sourcetest.Open(t, testfiles.Embedded(t, "bard"))
	require.True(t, s.Has(source.Tensor{Kind: source.Head}))
	require.Equal(t, readAll(t, s, source.Tensor{Kind: source.Embedding}),
		readAll(t, s, source.Tensor{Kind: source.Head}))
}

func TestReadRowsRefusesWrongCalls(t *testing.T) {
	s := sourcetest.Open(t, testfiles.Embedded(t, "bard"))
	q := source.Tensor{Layer: 1, Kind: source.Q}
	row := make([]float32, 128)
	require.NoError(t, s.ReadRows(q, 127, 128, row))
	require.NoError(t, s.ReadRows(q, 128, 128, nil))
	require.ErrorContains(t, s.ReadRows(q, 128, 129, row), "expected 0 to 128")
	require.ErrorContains(t, s.ReadRows(q, -1, 0, row), "rows -1 to 0")
	require.ErrorContains(t, s.ReadRows(q, 2, 1, nil), "rows 2 to 1")
	require.ErrorContains(t, s.ReadRows(q, 0, 2, row), "expected 2 rows of 128")
	require.ErrorContains(t, s.ReadRows(source.Tensor{Layer: 4, Kind: source.Q}, 0, 1, row), "no tensor layer 4 q")
	_, _, err := s.Dims(source.Tensor{})
	require.ErrorContains(t, err, "no tensor none")
	require.Empty(t, s.Type(source.Tensor{Kind: 99}))
	require.False(t, s.Has(source.Tensor{Layer: -1, Kind: source.Up}))
}

func TestConcurrentReads(t *testing.T) {
	s := sourcetest.Open(t, testfiles.Embedded(t, "bard-ternary", "packed"))
	name := source.Tensor{Layer: 3, Kind: source.K}
	want := readAll(t, s, name)
	var wg sync.WaitGroup
	got := make([]float32, len(want))
	errs := make([]error, 32)
	for y := range errs {
		wg.Go(func() { errs[y] = s.ReadRows(name, y, y+1, got[y*128:][:128]) })
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	require.Equal(t, want, got)
}
