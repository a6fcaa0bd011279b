package quantize_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama"
	"fold.example/fold/llama/quantize"
	"fold.example/fold/llama/quantize/quantizetest"
	"fold.example/fold/llama/source/sourcetest"
)

// Two formats of one model import to the same integer model. Rows of Q and K have another
// order in GGUF files, and ternary digits may be packed.
func TestFormatsGiveTheSameModel(t *testing.T) {
	windows := quantizetest.Windows(t)
	for _, pair := range [][2]string{{"bard", "bard/bard-f16.gguf"}, {"bard-ternary", "bard-ternary/packed"}} {
		opts := quantize.Options{Windows: windows}
		a := quantizetest.Build(t, quantizetest.Embedded(t, pair[0]), opts)
		b := quantizetest.Build(t, quantizetest.Embedded(t, pair[1]), opts)
		require.Equal(t, a, b)
		require.Equal(t, a.Fingerprint(), b.Fingerprint())
	}
}

func TestSyntheticFormatsGiveTheSameModel(t *testing.T) {
	dir := t.TempDir()
	synthetic := sourcetest.Model{Seed: 5, Config: llama.Config{Dim: 64, Hidden: 96, Layers: 2, Heads: 4, KVHeads: 2,
		HeadDim: 16, Vocab: 48, Context: 64, RMSEps: 1e-5, Rope: llama.Rope{Theta: 1e4}}}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "hf"), 0o777))
	require.NoError(t, synthetic.WriteHuggingFace(filepath.Join(dir, "hf"), 3))
	require.NoError(t, synthetic.WriteGGUF(filepath.Join(dir, "m.gguf")))
	opts := quantize.Options{Weights: quantize.W8, Windows: [][]int{{1, 2, 3, 4, 5, 6, 7, 8}, {47, 0, 47, 3}}}
	a := quantizetest.Build(t, sourcetest.Open(t, filepath.Join(dir, "hf")), opts)
	b := quantizetest.Build(t, sourcetest.Open(t, filepath.Join(dir, "m.gguf")), opts)
	b.Config = a.Config // the formats have different values in unused fields
	require.Equal(t, a, b)
}

// The folder that is written piece by piece holds the model that is built in
// memory.
func TestImportIntoAFolder(t *testing.T) {
	windows := quantizetest.Windows(t)
	opts := quantize.Options{Windows: windows}
	stages := map[string]int{}
	opts.Progress = func(p quantize.Progress) {
		require.LessOrEqual(t, p.Done, p.Total)
		stages[p.Stage] = p.Done
	}
	dir := t.TempDir()
	w, err := llama.Create(dir)
	require.NoError(t, err)
	defer w.Close()
	report, err := quantize.Import(context.Background(), quantizetest.Embedded(t, "bard-ternary"), opts, w)
	require.NoError(t, err)
	require.NoError(t, w.Commit())
	require.Equal(t, llama.Ternary, report.Scheme)
	require.Equal(t, 771200, report.Parameters)
	require.Equal(t, 4096, report.Tokens)
	require.Equal(t, map[string]int{"scan": 6, "calibrate": 4, "embedding": 512, "layers": 4, "head": 1}, stages)

	m, err := llama.Open(dir)
	require.NoError(t, err)
	defer m.Close()
	built := quantizetest.Build(t, quantizetest.Embedded(t, "bard-ternary"), opts)
	require.Equal(t, built.Fingerprint(), m.Fingerprint())
}

func TestContextIsLowered(t *testing.T) {
	opts := quantize.Options{Windows: [][]int{{0, 5, 6}}, Context: 100}
	m := quantizetest.Build(t, quantizetest.Embedded(t, "bard"), opts)
	require.Equal(t, 100, m.Config.Context)
	require.Len(t, m.Tables.Cos, 100*8)
}

func TestImportRefuses(t *testing.T) {
	ctx := context.Background()
	src := quantizetest.Embedded(t, "bard")
	windows := [][]int{{0, 5, 6}}
	_, _, err := quantize.Build(ctx, src, quantize.Options{Weights: quantize.Ternary, Windows: windows})
	require.ErrorIs(t, err, quantize.ErrNotTernary)
	require.ErrorContains(t, err, "layer 0 q")
	_, _, err = quantize.Build(ctx, src, quantize.Options{Weights: "w4", Windows: windows})
	require.ErrorContains(t, err, "expected auto, w16, w8 or ternary")
	_, _, err = quantize.Build(ctx, src, quantize.Options{})
	require.ErrorContains(t, err, "no text to calibrate on")
	_, _, err = quantize.Build(ctx, src, quantize.Options{Windows: [][]int{{512}}})
	require.ErrorIs(t, err, llama.ErrToken)
	_, _, err = quantize.Build(ctx, src, quantize.Options{Exponents: &quantize.Exponents{}})
	require.ErrorContains(t, err, "expected 4")

	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, _, err = quantize.Build(cancelled, src, quantize.Options{Windows: windows})
	require.ErrorIs(t, err, context.Canceled)
}

// words is an encoder with one token for each word.
type words struct{ bos bool }

func (w words) EncodeOrdinary(text string) []int { return make([]int, len(strings.Fields(text))) }
func (w words) BOS() (int, bool)                 { return 7, w.bos }

// perByte is an encoder with one token for each byte.
type perByte struct{ words }

func (perByte) EncodeOrdinary(text string) []int { return make([]int, len(text)) }

func TestWindows(t *testing.T) {
	text := strings.Repeat("a b c d e f g h\n\n", 600)
	windows, err := quantize.NewWindows(words{bos: true}, text, 1000)
	require.NoError(t, err)
	require.Len(t, windows, 16)
	for _, w := range windows {
		require.Len(t, w, 256)
		require.Equal(t, []int{7, 0}, w[:2])
	}
	windows, err = quantize.NewWindows(words{}, text, 100)
	require.NoError(t, err)
	require.Len(t, windows, 41)
	_, err = quantize.NewWindows(words{}, text[:2000], 256)
	require.ErrorIs(t, err, quantize.ErrShortText)
	for _, blank := range []string{"", " ", strings.Repeat(" \n", 1<<16)} {
		_, err = quantize.NewWindows(perByte{}, blank, 256)
		require.ErrorIs(t, err, quantize.ErrShortText)
		require.ErrorContains(t, err, "empty or nothing but white space")
	}
	_, err = quantize.NewWindows(words{bos: true}, text, 1)
	require.ErrorIs(t, err, quantize.ErrShortText)
}
