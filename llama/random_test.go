package llama

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/kernel"
)

// drawConfig draws a small shape, odd widths and all group sizes included.
func drawConfig(t *rapid.T) Config {
	kv := rapid.IntRange(1, 3).Draw(t, "kv")
	return Config{
		Dim:     rapid.IntRange(2, 21).Draw(t, "dim"),
		Hidden:  rapid.IntRange(1, 23).Draw(t, "hidden"),
		Layers:  rapid.IntRange(1, 2).Draw(t, "layers"),
		Heads:   kv * rapid.IntRange(1, 16).Draw(t, "group"),
		KVHeads: kv,
		HeadDim: 2 * rapid.IntRange(1, 12).Draw(t, "hd/2"),
		Vocab:   rapid.IntRange(3, 41).Draw(t, "vocab"),
		Context: rapid.IntRange(1, 11).Draw(t, "context"),
		RMSEps:  1e-5,
		Rope:    Rope{Theta: 10000},
	}
}

// drawModel draws a valid model: its shape, its scheme, each shift from its whole range as
// far as the sizes of the weights allow, and weights from small to saturating.
func drawModel(t *rapid.T) *Model {
	c := drawConfig(t)
	scheme := rapid.SampledFrom([]Scheme{W16, W8, Ternary}).Draw(t, "scheme")
	loud := rapid.Bool().Draw(t, "loud")
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	return randomModel(t, rng, c, scheme, loud)
}

func randomModel(t require.TestingT, rng *rand.Rand, c Config, scheme Scheme, loud bool) *Model {
	weight, quiet := 60, 0
	if loud {
		weight, quiet = maxS16, 10
	}
	between := func(lo, hi int) int { return lo + rng.IntN(hi-lo+1) }
	s := Scales{
		Residual: between(0, 14), Gate: between(0, 12), Silu: 0, Exp: between(0, 12),
		Softmax: 32 + 16*rng.IntN(2), Eps: 1 + rng.Int64N(1000),
		Norm: min(15, int(math.Log2(32768/math.Sqrt(float64(c.Dim))))+rng.IntN(2)),
	}
	s.Silu = between(0, s.Gate)
	m := &Model{Config: c, Scheme: scheme, Scales: s, Head: randomLinear(rng, scheme.head(), c.Vocab, c.Dim, weight)}
	for range c.Layers {
		l := Layer{ExpV: between(-5, 15), ExpQ: between(0, 12)}
		l.ExpK = between(MinScoreShift(c.HeadDim), 16) + s.Exp - l.ExpQ
		if scheme == Ternary {
			l.AttnGain, l.FFNGain = randomS16(rng, c.Dim, 1<<15), randomS16(rng, c.Dim, 1<<15)
			l.AttnGainExp, l.FFNGainExp = between(0, 20), between(0, 20)
		}
		for w := range c.Architecture().Matrices() {
			rows, cols := w.Shape(c)
			*w.Linear(&l) = randomLinear(rng, scheme, rows, cols, weight)
		}
		l.Up.Exp = between(0, 15)
		// With an exponent of 0 the shift is zero.X, so a shift k needs the exponent k - zero.X.
		zero := l.shifts(c.Architecture(), s)
		l.Q.Exp = between(10+quiet, 32) - zero.Q
		l.K.Exp = between(10+quiet, 32) - zero.K
		l.V.Exp = between(1+quiet/4, 16) - zero.V
		l.O.Exp = between(1+quiet, 16) - zero.O
		l.Gate.Exp = between(1+quiet/4, 16) - zero.Gate
		l.Down.Exp = between(8+3*quiet/2, 48) - zero.Down
		m.Layers = append(m.Layers, l)
	}
	m.Embedding = randomS16(rng, c.Vocab*c.Dim, 1<<between(4, 15))
	clear(m.Embedding[:c.Dim]) // a token without any signal
	var err error
	m.Tables, err = NewTables(c, s)
	require.NoError(t, err)
	require.NoError(t, m.Validate())
	return m
}

// randomS16 returns n entries in [-size, size).
func randomS16(rng *rand.Rand, n, size int) []int16 {
	v := make([]int16, n)
	for i := range v {
		v[i] = int16(rng.IntN(2*size) - size)
	}
	return v
}

func randomLinear(rng *rand.Rand, scheme Scheme, rows, cols, weight int) Linear {
	switch scheme {
	case W8:
		m := &kernel.W8{Rows: rows, Cols: cols, Data: make([]int8, rows*cols)}
		m.Mul = make([]uint16, rows*m.Groups())
		for i := range m.Data {
			m.Data[i] = int8(rng.IntN(255) - 127)
		}
		for i := range m.Mul {
			m.Mul[i] = uint16(1 + rng.IntN(1+weight/33))
		}
		return Linear{Matrix: m}
	case Ternary:
		return Linear{Matrix: randomTernary(rng, rows, cols, int32(weight))}
	}
	return Linear{Matrix: &kernel.W16{Rows: rows, Cols: cols, Data: randomS16(rng, rows*cols, weight)}}
}

func randomTernary(rng *rand.Rand, rows, cols int, mul int32) *kernel.Ternary {
	m := &kernel.Ternary{Rows: rows, Cols: cols, Mul: mul}
	m.Data = make([]byte, rows*m.Stride())
	for i := range m.Data {
		first := i % m.Stride() * 5
		for j := 4; j >= 0; j-- {
			digit := byte(1)
			if first+j < cols {
				digit = byte(rng.IntN(3))
			}
			m.Data[i] = 3*m.Data[i] + digit
		}
	}
	return m
}

// randomTokens returns n ids of the vocabulary.
func randomTokens(rng *rand.Rand, c Config, n int) []int {
	tokens := make([]int, n)
	for i := range tokens {
		tokens[i] = rng.IntN(c.Vocab)
	}
	return tokens
}

// smallModel returns a fixed model with three layers, groups of heads and odd widths.
func smallModel(t testing.TB, scheme Scheme) *Model {
	c := Config{Dim: 13, Hidden: 37, Layers: 3, Heads: 6, KVHeads: 2, HeadDim: 6, Vocab: 29, Context: 40,
		RMSEps: 1e-5, Rope: Rope{Theta: 10000}}
	m := randomModel(t, rand.New(rand.NewPCG(7, 7)), c, scheme, false)
	for i := range m.Layers { // no residual leaves 32 bits
		m.Layers[i].Down.Exp += 28 - m.Shifts(i).Down
	}
	return m
}
