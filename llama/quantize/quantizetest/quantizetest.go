// Package quantizetest imports models, the embedded ones above all, for the tests of the packages
// that use integer models.
package quantizetest

import (
	"context"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/testfiles"
	"fold.example/fold/llama"
	"fold.example/fold/llama/quantize"
	"fold.example/fold/llama/source"
	"fold.example/fold/llama/source/sourcetest"
	"fold.example/fold/llama/tokenizer"
)

// Embedded opens an embedded model by its path below llama/embedded.
func Embedded(t testing.TB, name string) source.Source {
	t.Helper()
	return sourcetest.Open(t, testfiles.Embedded(t, name))
}

// Smol opens SmolLM2-135M, and skips the test where the model is missing.
func Smol(t testing.TB) source.Source {
	t.Helper()
	return sourcetest.Open(t, testfiles.Model(t, "smollm2-135m", "SmolLM2-135M-Instruct.Q4_1.gguf"))
}

// Tokenizer returns the tokenizer of the embedded models, which puts the begin token first.
func Tokenizer(t testing.TB) *tokenizer.Tokenizer {
	t.Helper()
	data, err := os.ReadFile(testfiles.Embedded(t, "bard", "tokenizer.json"))
	require.NoError(t, err)
	tok, err := tokenizer.FromJSON(data)
	require.NoError(t, err)
	tok, err = tok.With(tokenizer.Specials{BOS: 0, AddBOS: true})
	require.NoError(t, err)
	return tok
}

// Windows returns the calibration windows of the embedded models: the default text in windows of
// 256 tokens.
func Windows(t testing.TB) [][]int {
	t.Helper()
	windows, err := quantize.NewWindows(Tokenizer(t), quantize.DefaultText(), 256)
	require.NoError(t, err)
	return windows
}

// RandomWindows returns windows of 128 tokens, drawn uniformly below vocab.
func RandomWindows(rng *rand.Rand, windows, vocab int) [][]int {
	all := make([][]int, windows)
	for i := range all {
		for range 128 {
			all[i] = append(all[i], rng.IntN(vocab))
		}
	}
	return all
}

// Build imports a model into memory.
func Build(t testing.TB, src source.Source, opts quantize.Options) *llama.Model {
	t.Helper()
	m, _, err := quantize.Build(context.Background(), src, opts)
	require.NoError(t, err)
	return m
}
