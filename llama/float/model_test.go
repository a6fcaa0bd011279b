package float

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/llama"
	"fold.example/fold/llama/source"
)

// random is a source of pseudorandom weights, equal at every reading.
type random struct{ cfg llama.Config }

func (r random) Config() llama.Config { return r.cfg }

func (r random) ReadRows(t source.Tensor, lo, hi int, dst []float32) error {
	_, cols := source.Shape(r.cfg, t.Kind)
	for y := lo; y < hi; y++ {
		rng := rand.New(rand.NewPCG(uint64(t.Layer)<<8|uint64(t.Kind), uint64(y)))
		for i := range cols {
			dst[(y-lo)*cols+i] = float32(rng.NormFloat64() / 4)
		}
	}
	return nil
}

func drawConfig(t *rapid.T) llama.Config {
	kv := rapid.IntRange(1, 3).Draw(t, "kv heads")
	return llama.Config{
		Dim: rapid.IntRange(1, 50).Draw(t, "dim"), Hidden: rapid.IntRange(1, 70).Draw(t, "hidden"),
		Layers: rapid.IntRange(1, 3).Draw(t, "layers"), KVHeads: kv,
		Heads: kv * rapid.IntRange(1, 3).Draw(t, "group"), HeadDim: 2 * rapid.IntRange(1, 20).Draw(t, "pairs"),
		Vocab: rapid.IntRange(1, 90).Draw(t, "vocab"), Context: 200, RMSEps: 1e-5, Rope: llama.Rope{Theta: 1e4},
	}
}

func draw(t *rapid.T, cfg llama.Config) []int {
	return rapid.SliceOfN(rapid.IntRange(0, cfg.Vocab-1), 1, 150).Draw(t, "tokens")
}

// A streamed and a loaded model, in windows or token by token, give the same bits.
func TestLogitsDoNotDependOnHowTheyAreComputed(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		cfg := drawConfig(t)
		windows := [][]int{draw(t, cfg), draw(t, cfg)}
		loaded, err := Load(ctx, random{cfg})
		require.NoError(t, err)
		streamed, err := Open(random{cfg})
		require.NoError(t, err)

		p, err := loaded.NewPass(windows)
		require.NoError(t, err)
		require.NoError(t, p.Run(ctx, nil))
		q, err := streamed.NewPass(windows[1:])
		require.NoError(t, err)
		require.NoError(t, q.Run(ctx, nil))
		want, err := p.Logits(1)
		require.NoError(t, err)
		got, err := q.Logits(0)
		require.NoError(t, err)
		require.Equal(t, want, got)

		s, tokens := loaded.NewSession(), windows[1]
		cut := rapid.IntRange(0, len(tokens)-1).Draw(t, "cut")
		if cut > 0 {
			_, err = s.Next(tokens[:cut])
			require.NoError(t, err)
		}
		last, err := s.Next(tokens[cut:])
		require.NoError(t, err)
		require.Equal(t, want[len(want)-cfg.Vocab:], last)
		require.Equal(t, len(tokens), s.Len())
	})
}

func TestPassRefusesBadTokensAndLengths(t *testing.T) {
	m, err := Open(random{llama.Config{Dim: 4, Hidden: 4, Layers: 1, Heads: 1, KVHeads: 1, HeadDim: 4, Vocab: 5,
		Context: 3, Rope: llama.Rope{Theta: 1e4}}})
	require.NoError(t, err)
	_, err = m.NewPass([][]int{{0, 5}})
	require.ErrorIs(t, err, llama.ErrToken)
	_, err = m.NewPass([][]int{{0, 1, 2, 3}})
	require.ErrorIs(t, err, llama.ErrContext)
	_, err = m.NewSession().Next([]int{0, 1, 2, 3})
	require.ErrorIs(t, err, llama.ErrContext)
}

func TestCancelledPassStops(t *testing.T) {
	m, err := Open(random{llama.Config{Dim: 4, Hidden: 4, Layers: 1, Heads: 1, KVHeads: 1, HeadDim: 4, Vocab: 5,
		Context: 3, Rope: llama.Rope{Theta: 1e4}}})
	require.NoError(t, err)
	p, err := m.NewPass([][]int{{0, 1}})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, p.Run(ctx, nil), context.Canceled)
}
