package synthetic

import (
	"math"
	"math/rand/v2"

	"fold/internal/kernel"
	"fold/llama"
)

// spread is log2 of the standard deviation of activations.
const spread = 12

// Model returns a model of a configuration with random weights of 16 bits, and with the
// given numbers of layers and tokens in place of the configuration's. Equal seeds give
// equal models.
func Model(c llama.Config, layers, vocab int, seed uint64) (*llama.Model, error) {
	c.Layers, c.Vocab = layers, vocab
	g := &generator{c: c,
		random: rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), byte(seed >> 16), byte(seed >> 24)})}
	m := &llama.Model{Config: c, Scheme: llama.W16, Scales: llama.Scales{
		Residual: 10, Gate: 9, Silu: 9, Exp: 8, Softmax: 48, Eps: 1,
		Norm: int(math.Floor(math.Log2(32768 / math.Sqrt(float64(c.Dim))))),
	}}
	if c.Context <= 256 {
		m.Scales.Softmax = 32
	}
	for range layers {
		m.Layers = append(m.Layers, g.layer(m.Scales))
	}
	const head = 512
	m.Head = llama.Linear{Matrix: g.matrix(vocab, c.Dim, head), Exp: 8}
	m.Embedding = g.matrix(vocab, c.Dim, 4096).Data
	var err error
	if m.Tables, err = llama.NewTables(c, m.Scales); err != nil {
		return nil, err
	}
	return m, m.Validate()
}

type generator struct {
	c      llama.Config
	random *rand.ChaCha8
}

// layer draws a block. The standard deviation of each accumulator follows from the sizes;
// the shifts reduce it to the common spread, and the exponents follow from the shifts.
func (g *generator) layer(s llama.Scales) llama.Layer {
	const wide, narrow = 512, 8 // magnitudes of the weights
	c := g.c
	acc := 15 + deviation(wide) // of a product with a norm's output, log2
	shift := acc - spread
	l := llama.Layer{ExpQ: 12, ExpK: 12, ExpV: 12}
	l.Q = llama.Linear{Matrix: g.matrix(c.QDim(), c.Dim, wide), Exp: shift - s.Norm + l.ExpQ}
	l.K = llama.Linear{Matrix: g.matrix(c.KVDim(), c.Dim, wide), Exp: shift - s.Norm + l.ExpK}
	l.V = llama.Linear{Matrix: g.matrix(c.KVDim(), c.Dim, wide), Exp: shift - s.Norm + l.ExpV}
	l.O = llama.Linear{Matrix: g.matrix(c.Dim, c.QDim(), wide), Exp: 13 - l.ExpV + s.Residual}
	l.Gate = llama.Linear{Matrix: g.matrix(c.Hidden, c.Dim, wide), Exp: shift - s.Norm + s.Gate}
	l.Up = llama.Linear{Matrix: g.matrix(c.Hidden, c.Dim, wide), Exp: 8}
	l.Down = llama.Linear{Matrix: g.matrix(c.Dim, c.Hidden, narrow), Exp: 31 + s.Residual - s.Silu - s.Norm - l.Up.Exp}
	return l
}

// deviation returns log2 of the standard deviation of numbers uniform in
// [-magnitude, magnitude), rounded.
func deviation(magnitude int) int {
	return int(math.Round(math.Log2(float64(magnitude) / math.Sqrt(3))))
}

// matrix draws weights uniform in [-magnitude, magnitude); magnitude is a power
// of two.
func (g *generator) matrix(rows, cols int, magnitude int16) *kernel.W16 {
	m := &kernel.W16{Rows: rows, Cols: cols, Data: make([]int16, rows*cols)}
	mask := uint64(2*magnitude - 1)
	for i := 0; i < len(m.Data); i += 4 {
		x := g.random.Uint64()
		for j := i; j < min(i+4, len(m.Data)); j++ {
			m.Data[j] = int16(x&mask) - magnitude
			x >>= 16
		}
	}
	return m
}
