package quality_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/testfiles"
	"fold.example/fold/llama"
	"fold.example/fold/llama/float"
	"fold.example/fold/llama/quality"
	"fold.example/fold/llama/quantize"
	"fold.example/fold/llama/quantize/quantizetest"
)

// bard imports one of the bards, and loads its float model.
func bard(t testing.TB, name string, opts quantize.Options) (*llama.Model, *float.Model) {
	src := quantizetest.Embedded(t, name)
	opts.Windows = quantizetest.Windows(t)
	ref, err := float.Load(context.Background(), src)
	require.NoError(t, err)
	return quantizetest.Build(t, src, opts), ref
}

// sample returns windows of text in the style of the model's training data: each token is
// drawn from the float model's distribution.
func sample(t testing.TB, ref *float.Model, windows, tokens int) [][]int {
	rng := rand.New(rand.NewPCG(7, 7))
	out := make([][]int, windows)
	for i := range out {
		out[i] = []int{0}
		s := ref.NewSession()
		for len(out[i]) < tokens {
			logits, err := s.Next(out[i][len(out[i])-1:])
			require.NoError(t, err)
			out[i] = append(out[i], draw(rng, logits))
		}
	}
	return out
}

// draw returns a token with the probability of its logit: the largest logit after adding
// Gumbel noise.
func draw(rng *rand.Rand, logits []float32) int {
	best, token := math.Inf(-1), 0
	for i, l := range logits {
		if v := float64(l) - math.Log(rng.ExpFloat64()); v > best {
			best, token = v, i
		}
	}
	return token
}

// Every scheme of both bards agrees with the float model on text in the style of the training
// data.
func TestBardQuality(t *testing.T) {
	texts := map[string][][]int{}
	for _, c := range []struct {
		name   string
		opts   quantize.Options
		scheme llama.Scheme
		top1   float64
		ratio  float64
	}{
		{"bard", quantize.Options{}, llama.W16, 0.995, 0.001},
		{"bard-ternary", quantize.Options{}, llama.Ternary, 0.995, 0.001},
		{"bard", quantize.Options{Weights: quantize.W8}, llama.W8, 0.97, 0.01},
		{"bard", quantize.Options{Weights: quantize.W8, NoGPTQ: true}, llama.W8, 0.97, 0.01},
	} {
		m, ref := bard(t, c.name, c.opts)
		require.Equal(t, c.scheme, m.Scheme)
		if texts[c.name] == nil {
			texts[c.name] = sample(t, ref, 8, 256)
		}
		card, err := quality.Eval(context.Background(), m, ref, texts[c.name], quality.Options{})
		require.NoError(t, err)
		t.Logf("%s %+v: %+v", c.name, c.opts.Weights, *card)
		require.Equal(t, 8*256, card.Tokens)
		require.GreaterOrEqual(t, card.Top1, c.top1)
		require.InDelta(t, 1, card.PerplexityRatio, c.ratio)
		require.Len(t, card.LayerError, 4)
		for _, s := range card.Saturations {
			require.Zero(t, s.Saturated, s.Tensor)
		}
	}
}

// The integer models reproduce the golden tokens as long as the float model's margin is above
// 0.05.
func TestBardGreedy(t *testing.T) {
	for _, name := range []string{"bard", "bard-ternary"} {
		var golden struct {
			Cases []struct {
				PromptIDs []int `json:"prompt_ids"`
				GreedyIDs []int `json:"greedy_ids"`
			}
		}
		testfiles.ReadJSON(t, testfiles.Embedded(t, name, "golden.json"), &golden)
		require.NotEmpty(t, golden.Cases)
		m, ref := bard(t, name, quantize.Options{})
		for _, c := range golden.Cases {
			ints, floats := m.NewSession(), ref.NewSession()
			next := c.PromptIDs
			for i, want := range c.GreedyIDs {
				logits, err := floats.Next(next)
				require.NoError(t, err)
				got, err := ints.Next(next)
				require.NoError(t, err)
				if margin(logits) > 0.05 {
					require.Equal(t, want, got, "%s, token %d", name, i)
				}
				next = []int{want}
			}
		}
	}
}

func margin(logits []float32) float64 {
	best := llama.Argmax(logits)
	least := math.Inf(1)
	for i, l := range logits {
		if i != best {
			least = min(least, float64(logits[best]-l))
		}
	}
	return least
}
