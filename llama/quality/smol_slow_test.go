//go:build slow

package quality_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/testfiles"
	"fold.example/fold/llama/float"
	"fold.example/fold/llama/quality"
	"fold.example/fold/llama/quantize"
	"fold.example/fold/llama/quantize/quantizetest"
	"fold.example/fold/llama/source"
	"fold.example/fold/llama/tokenizer"
)

// ggufTokenizer is the tokenizer in a GGUF file of byte-level BPE.
func ggufTokenizer(t testing.TB, src source.Source) *tokenizer.Tokenizer {
	material, err := src.Tokenizer()
	require.NoError(t, err)
	v := material.Vocabulary
	types := make([]int32, len(v.Types))
	for i, k := range v.Types {
		types[i] = int32(k)
	}
	tok, err := tokenizer.FromGGUF(tokenizer.GGUFVocab{Model: v.Model, Pre: v.Pre, Tokens: v.Tokens, Types: types,
		Merges: v.Merges, BOS: *v.BOS, EOS: *v.EOS, UNK: -1})
	require.NoError(t, err)
	return tok
}

// SmolLM2-135M reaches the documented figures on text outside its calibration text.
func TestSmolQuality(t *testing.T) {
	src := quantizetest.Smol(t)
	var g struct{ Windows []struct{ IDs []int } }
	testfiles.ReadJSON(t, testfiles.Model(t, "smollm2-135m", "golden", "eval_slice_nll.json"), &g)
	var text [][]int
	for _, w := range g.Windows {
		text = append(text, w.IDs)
	}
	windows, err := quantize.NewWindows(ggufTokenizer(t, src), quantize.DefaultText(), src.Config().Context)
	require.NoError(t, err)
	ctx := context.Background()
	ref, err := float.Load(ctx, src)
	require.NoError(t, err)

	for _, c := range []struct {
		name                    string
		opts                    quantize.Options
		top1, clear, perplexity float64
	}{
		{"w16", quantize.Options{Weights: quantize.W16}, 0.995, 0.9999, 0.001},
		{"w8", quantize.Options{Weights: quantize.W8}, 0.97, 0.99, 0.01},
		{"w8 without GPTQ", quantize.Options{Weights: quantize.W8, NoGPTQ: true}, 0.95, 0.98, 0.01},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.opts.Windows, c.opts.Context = windows, 256
			start := time.Now()
			m, report, err := quantize.Build(ctx, src, c.opts)
			require.NoError(t, err)
			imported := time.Since(start)
			card, err := quality.Eval(ctx, m, ref, text, quality.Options{})
			require.NoError(t, err)
			t.Logf("import %.1f s, evaluation %.1f s: %+v %+v", imported.Seconds(),
				(time.Since(start) - imported).Seconds(), report.Exponents, *card)
			require.GreaterOrEqual(t, card.Top1, c.top1)
			require.GreaterOrEqual(t, card.ClearTop1, c.clear)
			require.InDelta(t, 1, card.PerplexityRatio, c.perplexity)
		})
	}
}
