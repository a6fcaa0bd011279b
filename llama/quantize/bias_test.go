package quantize

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama"
	"fold.example/fold/llama/float"
	"fold.example/fold/llama/source"
)

// The biases that the architecture of this file adds.
const (
	qBias = source.Down + 1 + iota
	upBias
)

// withBiases returns a source of an architecture with biases of q and of up.
func withBiases(scheme Weights) (synthetic, [][]int) {
	src, windows := checked(scheme)
	a := llama.LLaMA()
	a.Name = "biased"
	a.Block = append(a.Block,
		llama.Weight{Kind: qBias, Name: "q bias", Symbol: "QBias", Cols: llama.Queries, BiasOf: source.Q},
		llama.Weight{Kind: upBias, Name: "up bias", Symbol: "UpBias", Cols: llama.Hidden, BiasOf: source.Up})
	src.Model.Config = src.Model.Config.WithArchitecture(a)
	return src, windows
}

// An import rounds the biases with the exponents of the products, and the integer model
// follows the float model, which adds the biases, too.
func TestImportOfBiases(t *testing.T) {
	ctx := context.Background()
	for _, scheme := range []Weights{W16, W8, Ternary} {
		src, windows := withBiases(scheme)
		opts := Options{Weights: scheme, Windows: windows}
		m, _, err := Build(ctx, src, opts)
		require.NoError(t, err, scheme)
		a := m.Config.Architecture()
		for l := range m.Layers {
			layer := &m.Layers[l]
			for _, k := range []source.Kind{source.Q, source.Up} {
				row, err := readRow(src, source.Tensor{Layer: l, Kind: a.Bias(k).Kind})
				require.NoError(t, err)
				factor := newTensor(src, source.Tensor{Layer: l, Kind: k}, nil).factor
				for y, b := range row {
					want := math.Ldexp(float64(b)*factor, a.ProductExp(k, layer, m.Scales))
					require.InDelta(t, want, a.Weight(k).Linear(layer).Bias[y], 0.5)
				}
			}
			require.Nil(t, layer.K.Bias)
		}
		requireFollows(t, src, m, windows[0], scheme)

		found, err := Check(ctx, src, m, opts)
		require.NoError(t, err)
		require.Empty(t, found.Differences)
		m.Layers[1].Up.Bias[3]++
		found, err = Check(ctx, src, m, opts)
		require.NoError(t, err)
		require.Len(t, found.Differences, 1)
		require.Equal(t, "layer 1 up bias", found.Differences[0].Tensor)
		require.Equal(t, 3, found.Differences[0].Row)
	}
}

// requireFollows requires that the logits of the integer model are near those of the float
// model, and not near those of the float model without biases.
func requireFollows(t *testing.T, src synthetic, m *llama.Model, tokens []int, scheme Weights) {
	ints := make([]float64, 0, m.Config.Vocab)
	require.NoError(t, m.NewSession().Logits(tokens, func(position int, logits []int64) error {
		if position == len(tokens)-1 {
			for _, v := range logits {
				ints = append(ints, math.Ldexp(float64(v), -m.LogitExp()))
			}
		}
		return nil
	}))
	plain := src
	plain.Model.Config = plain.Model.Config.WithArchitecture(nil)
	near, far := distance(t, src, tokens, ints), distance(t, plain, tokens, ints)
	require.Less(t, near, far/3, "%s: %g with biases, %g without", scheme, near, far)
}

// distance returns the relative root mean square distance of the float model's logits after
// the last token from others.
func distance(t *testing.T, src synthetic, tokens []int, others []float64) float64 {
	m, err := float.Load(context.Background(), src)
	require.NoError(t, err)
	logits, err := m.NewSession().Next(tokens)
	require.NoError(t, err)
	var square, errs float64
	for i, v := range logits {
		square += float64(v) * float64(v)
		errs += (float64(v) - others[i]) * (float64(v) - others[i])
	}
	return math.Sqrt(errs / square)
}
