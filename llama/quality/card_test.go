package quality

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/llama"
)

func card() *Card {
	return &Card{
		Reference: "float", Scheme: llama.W16, Tokens: 512, Windows: 2,
		Top1: 0.99, ClearTop1: 1, Clear: 480, KL: 1e-5,
		PerplexityFloat: 8, PerplexityInt: 8.004, PerplexityRatio: 1.0005,
		Saturations: []llama.Saturation{{Tensor: "q", Saturated: 0, Cells: 100}},
		LayerError:  []float64{1e-3, 0, 2e-3},
	}
}

func TestCardRoundTrip(t *testing.T) {
	dir := t.TempDir()
	_, err := Load(dir)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoError(t, card().Save(dir))
	got, err := Load(dir)
	require.NoError(t, err)
	require.Equal(t, card(), got)
}

func TestCardsThatMakeNoSense(t *testing.T) {
	for name, spoil := range map[string]func(*Card){
		"share above one":  func(c *Card) { c.Top1 = 1.01 },
		"no tokens":        func(c *Card) { c.Tokens = 0 },
		"more windows":     func(c *Card) { c.Windows = 513 },
		"no layers":        func(c *Card) { c.LayerError = nil },
		"negative error":   func(c *Card) { c.LayerError[1] = -1 },
		"more clear ones":  func(c *Card) { c.Clear = 513 },
		"negative entropy": func(c *Card) { c.KL = -1 },
	} {
		c := card()
		spoil(c)
		data, err := json.Marshal(c)
		require.NoError(t, err)
		_, err = Parse(data)
		require.ErrorIs(t, err, ErrCard, name)
	}
	for _, text := range []string{"", "{}", "[]", `{"top1": 2}`, `{"unknown": 1}`, "null"} {
		_, err := Parse([]byte(text))
		require.ErrorIs(t, err, ErrCard, text)
	}
	data, err := json.Marshal(card())
	require.NoError(t, err)
	_, err = Parse(append(data, '1'))
	require.ErrorIs(t, err, ErrCard)
	_, err = Parse(make([]byte, maxCard+1))
	require.ErrorIs(t, err, ErrCard)
}

func FuzzParse(f *testing.F) {
	data, err := json.Marshal(card())
	require.NoError(f, err)
	f.Add(data)
	f.Add([]byte(`{"tokens":1e99}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data)
		if err != nil {
			require.ErrorIs(t, err, ErrCard)
			return
		}
		again, err := json.Marshal(c)
		require.NoError(t, err)
		got, err := Parse(again)
		require.NoError(t, err)
		require.Equal(t, c, got)
	})
}

func TestPlotIsAPictureForEveryCard(t *testing.T) {
	for _, errs := range [][]float64{{1e-3, 0, 2e-3}, {1e-3}, {0, 0}, {1, 1, 1}} {
		c := card()
		c.LayerError = errs
		var svg bytes.Buffer
		require.NoError(t, c.Plot(&svg))
		d := xml.NewDecoder(&svg)
		elements := map[string]int{}
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
			if e, ok := token.(xml.StartElement); ok {
				elements[e.Name.Local]++
			}
		}
		require.Equal(t, 1, elements["svg"])
		require.Positive(t, elements["text"])
	}
}

// compare agrees with the definitions. The integers are the rounded floats.
func TestCompareIsTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "vocabulary")
		exp := rapid.IntRange(0, 20).Draw(t, "exponent")
		a, b := make([]float32, n), make([]int64, n)
		p, q := make([]float64, n), make([]float64, n)
		sumP, sumQ := 0.0, 0.0
		for i := range a {
			a[i] = float32(rapid.Float64Range(-9, 9).Draw(t, "a"))
			b[i] = int64(math.Ldexp(rapid.Float64Range(-9, 9).Draw(t, "b"), exp))
			p[i], q[i] = math.Exp(float64(a[i])), math.Exp(math.Ldexp(float64(b[i]), -exp))
			sumP, sumQ = sumP+p[i], sumQ+q[i]
		}
		kl := 0.0
		for i := range p {
			kl += p[i] / sumP * math.Log(p[i]/sumP/(q[i]/sumQ))
		}
		next := rapid.IntRange(0, n-1).Draw(t, "next")
		got := compare(a, b, exp, next)
		require.InDelta(t, kl, got.kl, 1e-9)
		require.InDelta(t, -math.Log(p[next]/sumP), got.lossFloat, 1e-9)
		require.InDelta(t, -math.Log(q[next]/sumQ), got.lossInt, 1e-9)
	})
}

func TestMarginsAndTies(t *testing.T) {
	best, margin := bestFloat([]float32{1, 3, 3, 2})
	require.Equal(t, 1, best)
	require.Zero(t, margin)
	best, margin = bestFloat([]float32{5, 3, 4.5})
	require.Equal(t, 0, best)
	require.Equal(t, 0.5, margin)
	require.Equal(t, 1, llama.Argmax([]int64{-3, 7, 7}))
	require.True(t, compare([]float32{1, 1.05}, []int64{10, 20}, 4, -1).same)
	require.False(t, compare([]float32{1, 1.05}, []int64{10, 20}, 4, -1).clear)
}
