package step

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"fold/internal/kernel"
	"fold/llama"
)

// randomModel returns a model with random weights and scales that are valid
// for it. loud makes the weights so large that rescales saturate.
func randomModel(t testing.TB, rng *rand.Rand, c llama.Config, scheme llama.Scheme, loud bool) *llama.Model {
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

// entries is a Model that reads the weights of a step's blocks from first on.
type entries struct {
	*llama.Model
	first int
}

func (e entries) At(name string, at []int) int64 {
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
	case "silu":
		return int64(e.Tables.Silu[at[0]])
	}
	l := &e.Layers[e.first+int(name[0]-'0')]
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
	panic(name)
}
