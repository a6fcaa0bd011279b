// Package llamatest has random models of small and odd shapes, and changes that make values vanish, for tests of the
// packages above llama.
package llamatest

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/llama"
)

// RandomModel returns a model with random weights and scales that are valid
// for it. If loud is true the weights are so large that rescales saturate.
func RandomModel(t testing.TB, rng *rand.Rand, c llama.Config, scheme llama.Scheme, loud bool) *llama.Model {
	t.Helper()
	m := &llama.Model{Config: c, Scheme: scheme}
	m.Scales = llama.Scales{
		Residual: 8, Gate: 9, Silu: 9, Exp: 8, Softmax: 32, Eps: 1,
		Norm: int(math.Floor(math.Log2(32768 / math.Sqrt(float64(c.Dim))))),
	}
	weight := int32(60)
	if loud {
		weight = 3000
	}
	en := m.Scales.Norm
	for range c.Layers {
		l := llama.Layer{ExpQ: 9, ExpK: 8, ExpV: 8}
		if scheme == llama.Ternary {
			l.AttnGain, l.FFNGain = randomGain(rng, c.Dim), randomGain(rng, c.Dim)
			l.AttnGainExp, l.FFNGainExp = llama.GainShift, llama.GainShift
		}
		l.Q = randomLinear(rng, scheme, c.QDim(), c.Dim, weight, 23-14-en+l.ExpQ)
		l.K = randomLinear(rng, scheme, c.KVDim(), c.Dim, weight, 22-14-en+l.ExpK)
		l.V = randomLinear(rng, scheme, c.KVDim(), c.Dim, weight, 9-en+l.ExpV)
		l.O = randomLinear(rng, scheme, c.Dim, c.QDim(), weight, 11-l.ExpV+m.Scales.Residual)
		l.Gate = randomLinear(rng, scheme, c.Hidden, c.Dim, weight, 10-en+m.Scales.Gate)
		l.Up = randomLinear(rng, scheme, c.Hidden, c.Dim, weight, 4)
		l.Down = randomLinear(rng, scheme, c.Dim, c.Hidden, weight, 31+m.Scales.Residual-m.Scales.Silu-en-4)
		m.Layers = append(m.Layers, l)
	}
	head := llama.W16
	if scheme == llama.W8 {
		head = llama.W8
	}
	m.Head = randomLinear(rng, head, c.Vocab, c.Dim, weight, 8)
	m.Embedding = make([]int16, c.Vocab*c.Dim)
	for i := range m.Embedding {
		m.Embedding[i] = int16(rng.IntN(1001) - 500)
	}
	addBiases(rng, m)
	var err error
	m.Tables, err = llama.NewTables(c, m.Scales)
	require.NoError(t, err)
	require.NoError(t, m.Validate())
	return m
}

func randomGain(rng *rand.Rand, n int) []int16 {
	g := make([]int16, n)
	for i := range g {
		g[i] = int16(rng.IntN(65535) - 32767)
	}
	return g
}

func randomLinear(rng *rand.Rand, scheme llama.Scheme, rows, cols int, weight int32, exp int) llama.Linear {
	switch scheme {
	case llama.W8:
		m := &kernel.W8{Rows: rows, Cols: cols}
		m.Data = make([]int8, rows*cols)
		m.Mul = make([]uint16, rows*m.Groups())
		for i := range m.Data {
			m.Data[i] = int8(rng.IntN(255) - 127)
		}
		for i := range m.Mul {
			m.Mul[i] = uint16(1 + rng.Int32N(max(1, weight/127)))
		}
		return llama.Linear{Matrix: m, Exp: exp}
	case llama.Ternary:
		m := &kernel.Ternary{Rows: rows, Cols: cols, Mul: weight}
		m.Data = make([]byte, rows*m.Stride())
		for y := range rows {
			for i := range m.Stride() {
				b, p := 0, 1
				for j := range 5 {
					digit := 1
					if 5*i+j < cols {
						digit = rng.IntN(3)
					}
					b += p * digit
					p *= 3
				}
				m.Data[y*m.Stride()+i] = byte(b)
			}
		}
		return llama.Linear{Matrix: m, Exp: exp}
	}
	m := &kernel.W16{Rows: rows, Cols: cols, Data: make([]int16, rows*cols)}
	for i := range m.Data {
		m.Data[i] = int16(rng.Int32N(2*weight+1) - weight)
	}
	return llama.Linear{Matrix: m, Exp: exp}
}

// Entries reads single weights and table values of Model by the names that a step's program
// gives them: "0.Q" is the matrix Q of block First, and "1.Q" the matrix Q of block First+1.
// The code is independent of relation.ModelView.
type Entries struct {
	*llama.Model
	First int
}

// At returns the entry of a tensor at one index for each of its axes. It panics for a name
// that no program uses.
func (e Entries) At(name string, at []int) int64 {
	switch name {
	case "Embedding":
		return int64(e.Embedding[at[0]*e.Config.Dim+at[1]])
	case "Head":
		return int64(e.Model.Head.At(at[0], at[1]))
	}
	c := e.Config
	switch name {
	case "cos":
		return int64(e.Tables.Cos[at[0]*c.HeadDim/2+at[1]])
	case "sin":
		return int64(e.Tables.Sin[at[0]*c.HeadDim/2+at[1]])
	case "exp":
		return int64(e.Tables.Exp[65535-at[0]])
	}
	if t := c.Architecture().Table(name); t != nil { // of the product of a matrix
		return int64((*t.Entries(&e.Tables))[at[0]])
	}
	l := &e.Layers[e.First+int(name[0]-'0')]
	head := func(at []int) int { return (at[0]*c.HeadDim/2+at[1])*2 + at[2] } // group, pair, part
	query := func(at []int) int { return ((at[0]*c.Group()+at[1])*c.HeadDim/2+at[2])*2 + at[3] }
	switch name[2:] {
	case "attn.gain":
		return int64(l.AttnGain[at[0]])
	case "ffn.gain":
		return int64(l.FFNGain[at[0]])
	case "Q":
		return int64(l.Q.At(query(at), at[4]))
	case "K":
		return int64(l.K.At(head(at), at[3]))
	case "V":
		return int64(l.V.At(head(at), at[3]))
	case "O":
		return int64(l.O.At(at[0], query(at[1:])))
	case "Gate":
		return int64(l.Gate.At(at[0], at[1]))
	case "Up":
		return int64(l.Up.At(at[0], at[1]))
	case "Down":
		return int64(l.Down.At(at[0], at[1]))
	}
	return e.bias(l, name[2:], func(axis llama.Axis) int {
		switch axis {
		case llama.Queries:
			return query(at)
		case llama.Keys:
			return head(at)
		}
		return at[0]
	})
}

// Shapes are small and odd: no width is a power of two, except the number of pairs in a head.
// The shapes whose name begins with "extended" are of the architecture Extended.
var Shapes = []struct {
	Name   string
	Config llama.Config
	Scheme llama.Scheme
	Loud   bool
}{
	{"w16", llama.Config{Dim: 12, Hidden: 20, Layers: 2, Heads: 6, KVHeads: 3, HeadDim: 4}, llama.W16, false},
	{"w16 saturating", llama.Config{Dim: 12, Hidden: 9, Layers: 1, Heads: 3, KVHeads: 1, HeadDim: 6}, llama.W16, true},
	{"w8", llama.Config{Dim: 10, Hidden: 40, Layers: 1, Heads: 4, KVHeads: 4, HeadDim: 2}, llama.W8, false},
	{"ternary", llama.Config{Dim: 7, Hidden: 11, Layers: 2, Heads: 5, KVHeads: 1, HeadDim: 4}, llama.Ternary, false},
	{"extended", llama.Config{Dim: 6, Hidden: 9, Layers: 1, Heads: 6, KVHeads: 3, HeadDim: 6}.
		WithArchitecture(Extended()), llama.W16, false},
	{"extended ternary", llama.Config{Dim: 5, Hidden: 7, Layers: 2, Heads: 3, KVHeads: 1, HeadDim: 2}.
		WithArchitecture(Extended()), llama.Ternary, false},
}

// WithVocab returns c with a vocabulary of 13 tokens, a context of 32 positions and rotary
// base 10000.
func WithVocab(c llama.Config) llama.Config {
	c.Vocab, c.Context = 13, 32
	c.Rope.Theta = 10000
	return c
}

// SmallConfig is the smallest shape that has dead cells on every axis.
var SmallConfig = WithVocab(llama.Config{Dim: 6, Hidden: 5, Layers: 1, Heads: 6, KVHeads: 3, HeadDim: 6})

// Small returns a random model of Shapes[i].
func Small(t testing.TB, rng *rand.Rand, i int) *llama.Model {
	s := Shapes[i]
	return RandomModel(t, rng, WithVocab(s.Config), s.Scheme, s.Loud)
}

// SmallPass is a pass of 2^Bits tokens from position Start through a random small model; Seed determines the model's
// weights and the tokens.
type SmallPass struct {
	Config      llama.Config
	Scheme      llama.Scheme
	Loud        bool
	Start, Bits int
	Seed        uint64
}

// GenPass draws a pass and the shape of its model.
func GenPass(t *rapid.T) SmallPass {
	n := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	c := llama.Config{
		Dim: n("dim", 1, 19), Hidden: n("hidden", 1, 23), Layers: n("layers", 1, 2),
		KVHeads: n("key heads", 1, 4), HeadDim: 2 * n("pairs", 1, 5),
	}
	c.Heads = c.KVHeads * n("group", 1, 5)
	c = WithVocab(c)
	c.Vocab = n("vocabulary", 2, 40)
	schemes := []llama.Scheme{llama.W16, llama.W8, llama.Ternary}
	p := SmallPass{Config: c, Scheme: rapid.SampledFrom(schemes).Draw(t, "scheme")}
	p.Loud = p.Scheme == llama.W16 && rapid.Bool().Draw(t, "loud")
	p.Bits = n("bits", 0, 3)
	p.Start = n("passes before", 0, 2) << p.Bits
	p.Seed = rapid.Uint64().Draw(t, "seed")
	if rapid.Bool().Draw(t, "extended") {
		p.Config = p.Config.WithArchitecture(Extended())
	}
	return p
}

// Configs are the shapes whose verifiers are counted.
var Configs = []struct {
	Name      string
	Config    llama.Config
	Positions int
	Softmax   int
}{
	{"bard", llama.Config{
		Dim: 128, Hidden: 352, Layers: 4, Heads: 8, KVHeads: 2, HeadDim: 16, Vocab: 512, Context: 256,
	}, 8, 32},
	{"llama-3-8b", llama.Config{
		Dim: 4096, Hidden: 14336, Layers: 32, Heads: 32, KVHeads: 8, HeadDim: 128, Vocab: 128256, Context: 2048,
	}, 11, 48},
}
