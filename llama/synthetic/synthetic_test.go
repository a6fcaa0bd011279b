package synthetic

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama"
)

// written returns the model that Write gives a model folder.
func written(t *testing.T, c llama.Config, scheme llama.Scheme, seed uint64) *llama.Model {
	dir := t.TempDir()
	w, err := llama.Create(dir)
	require.NoError(t, err)
	require.NoError(t, Write(w, c, scheme, seed, nil))
	require.NoError(t, errors.Join(w.Commit(), w.Close()))
	m, err := llama.Open(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m
}

// shape returns a shape with fewer layers and tokens.
func shape(t *testing.T, name string, layers, vocab int) llama.Config {
	c, err := Shape(name)
	require.NoError(t, err)
	c.Layers, c.Vocab = layers, vocab
	return c
}

// TestWriteGivesModel: the model in a folder is the one in memory, also where the embedding comes in several
// calls, and another seed gives another model.
func TestWriteGivesModel(t *testing.T) {
	c := shape(t, "stories260k", 3, embeddingRows+10)
	m, err := Model(c, c.Layers, c.Vocab, 1)
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, m.Save(dir))
	saved, err := llama.Open(dir)
	require.NoError(t, err)
	defer saved.Close()
	require.Equal(t, saved.Fingerprint(), written(t, c, llama.W16, 1).Fingerprint())
	require.NotEqual(t, saved.Fingerprint(), written(t, c, llama.W16, 2).Fingerprint())
}

// TestActivations: in a pass of several tokens no cell saturates, queries, keys, values and gates have the
// common spread, and attention and feed-forward part change the residual.
func TestActivations(t *testing.T) {
	const tokens = 24
	for _, c := range []llama.Config{
		shape(t, "stories260k", 5, 512), shape(t, "bard", 4, 512), shape(t, "smollm2-135m", 3, 512),
		shape(t, "llama-3.2-1b", 1, 512),
	} {
		for _, scheme := range []llama.Scheme{llama.W16, llama.W8} {
			m := written(t, c, scheme, 7)
			require.NoError(t, m.Validate())
			s, rng := m.NewSession(), rand.New(rand.NewPCG(1, 2))
			ids, x := make([]int, tokens), make([]int32, tokens*c.Dim)
			for i := range ids {
				ids[i] = rng.IntN(c.Vocab)
			}
			require.NoError(t, s.Embed(ids, x))
			for l := range c.Layers {
				var tr llama.BlockTrace
				require.NoError(t, s.Block(l, 0, x, &tr))
				requireSpread(t, &tr)
			}
			for _, count := range s.Saturations() {
				require.Positive(t, count.Cells)
				require.Zero(t, count.Saturated, count.Tensor)
			}
		}
	}
}

func requireSpread(t *testing.T, tr *llama.BlockTrace) {
	for _, part := range [][]int16{tr.Q, tr.K, tr.V, tr.G} {
		require.InDelta(t, spread, math.Log2(deviationOf(part)), 1)
	}
	require.Greater(t, deviationOf(tr.O), 512.0)
	require.NotContains(t, tr.D, uint16(math.MaxUint16))
	sum := 0.0 // of all tokens and heads, in units of the largest term
	for _, s := range tr.Sum {
		sum += float64(s) / math.MaxInt16
	}
	require.Greater(t, sum/float64(len(tr.Sum)), 1.5)
	change := make([]int32, len(tr.In))
	for i := range change {
		change[i] = tr.Mid[i] - tr.In[i]
	}
	require.Greater(t, deviationOf(change), 64.0)
	for i := range change {
		change[i] = tr.Out[i] - tr.Mid[i]
	}
	require.Greater(t, deviationOf(change), 64.0)
	require.Less(t, deviationOf(tr.Out), float64(1<<24))
}

func deviationOf[T int16 | int32](xs []T) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum / float64(len(xs)))
}

// TestWriteRefuses: a scheme without random weights and a configuration out of range are refused before
// anything is written, and an error of the caller ends the writing.
func TestWriteRefuses(t *testing.T) {
	w, err := llama.Create(t.TempDir())
	require.NoError(t, err)
	defer w.Close()
	c := shape(t, "stories260k", 2, 512)
	require.ErrorIs(t, Write(w, c, llama.Ternary, 1, nil), llama.ErrInvalid)
	bad := c
	bad.Heads = 3
	require.ErrorIs(t, Write(w, bad, llama.W16, 1, nil), llama.ErrInvalid)
	stop := errors.New("stop")
	require.ErrorIs(t, Write(w, c, llama.W16, 1, func(int) error { return stop }), stop)
	require.Error(t, w.Commit())
}
