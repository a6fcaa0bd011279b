package synthetic

import (
	"fmt"
	"math"

	"fold.example/fold/llama"
)

// spread is log2 of the standard deviation of queries, keys, values and gates.
const spread = 12

// The magnitudes of embeddings and of large weights.
const (
	embeddingMagnitude = 4096
	largeMagnitude     = 512
)

// Model returns a model in memory with random weights of 16 bits, and with the given numbers of layers and
// tokens in place of the configuration's. Equal seeds give equal models, and Write gives the same.
func Model(c llama.Config, layers, vocab int, seed uint64) (*llama.Model, error) {
	c.Layers, c.Vocab = layers, vocab
	g, m, err := newGenerator(c, llama.W16, seed)
	if err != nil {
		return nil, err
	}
	m.Embedding = g.embedding(0, c.Vocab)
	for l := range c.Layers {
		m.Layers = append(m.Layers, g.layer(l))
	}
	m.Head = g.head()
	return m, m.Validate()
}

// Sink receives a model piece by piece, as llama.Writer does.
type Sink interface {
	// Begin receives configuration, scheme, scales and tables.
	Begin(m *llama.Model) error
	// Embedding receives the next rows of the embedding, [any][Dim].
	Embedding(rows []int16) error
	// Layer receives the next block.
	Layer(l *llama.Layer) error
	// Head receives the head.
	Head(h llama.Linear) error
}

// embeddingRows is the number of rows in one call of Sink.Embedding.
const embeddingRows = 4096

// Write gives a sink a model of a configuration with random weights of scheme W16 or W8. One layer, or the
// head, is in memory at a time. Write calls told, unless it is nil, after each layer with the number of layers
// so far; an error of told ends the writing. Equal seeds give equal models.
//
// The error wraps llama.ErrInvalid if the configuration is not valid or the scheme is another one.
func Write(sink Sink, c llama.Config, scheme llama.Scheme, seed uint64, told func(layers int) error) error {
	g, m, err := newGenerator(c, scheme, seed)
	if err != nil {
		return err
	}
	if err := sink.Begin(m); err != nil {
		return err
	}
	for lo := 0; lo < c.Vocab; lo += embeddingRows {
		if err := sink.Embedding(g.embedding(lo, min(lo+embeddingRows, c.Vocab))); err != nil {
			return err
		}
	}
	for l := range c.Layers {
		layer := g.layer(l)
		if err := sink.Layer(&layer); err != nil {
			return err
		}
		if told == nil {
			continue
		}
		if err := told(l + 1); err != nil {
			return err
		}
	}
	return sink.Head(g.head())
}

// generator draws the pieces of a model. Every piece has a stream of random numbers of its own.
type generator struct {
	c      llama.Config
	scheme llama.Scheme
	scales llama.Scales
	seed   uint64
}

// newGenerator returns a generator, and the model without embedding, layers and head.
func newGenerator(c llama.Config, scheme llama.Scheme, seed uint64) (*generator, *llama.Model, error) {
	if scheme != llama.W16 && scheme != llama.W8 {
		return nil, nil, fmt.Errorf("%w: scheme %q of random weights, expected %q or %q", llama.ErrInvalid, scheme,
			llama.W16, llama.W8)
	}
	if err := c.Validate(); err != nil {
		return nil, nil, err
	}
	s := Scales(c)
	tables, err := llama.NewTables(c, s)
	if err != nil {
		return nil, nil, err
	}
	return &generator{c, scheme, s, seed}, &llama.Model{Config: c, Scheme: scheme, Scales: s, Tables: tables}, nil
}

// Scales returns the scales of every synthetic model of a configuration. The exponent of scores lets the
// standard deviation of scores be about two, so that attention reads many positions.
func Scales(c llama.Config) llama.Scales {
	s := llama.Scales{
		Residual: 10, Gate: 9, Silu: 9, Softmax: 48, Eps: 1,
		Norm: int(math.Floor(math.Log2(32768 / math.Sqrt(float64(c.Dim))))),
		Exp:  int(math.Round(2*spread + math.Log2(float64(c.HeadDim))/2 - scoreShift - 1)),
	}
	if c.Context <= 256 {
		s.Softmax = 32
	}
	return s
}

// scoreShift is the shift of scores: the largest possible one.
const scoreShift = 16

// layer draws a block. The standard deviation of each product follows from the sizes; the shifts reduce it to
// the common spread, and the exponents follow from the shifts (llama, Rescale).
func (g *generator) layer(index int) llama.Layer {
	c, s, r := g.c, g.scales, g.stream(pieceLayers+uint64(index))
	wide := r.size(large)
	shift := 15 + wide.deviation - spread // of a product with a norm's output, whose length is 2^15
	l := llama.Layer{ExpQ: (scoreShift + s.Exp + 1) / 2, ExpK: (scoreShift + s.Exp) / 2, ExpV: 12}
	l.Q = llama.Linear{Matrix: r.matrix(c.QDim(), c.Dim, wide), Exp: shift - s.Norm + l.ExpQ}
	l.K = llama.Linear{Matrix: r.matrix(c.KVDim(), c.Dim, wide), Exp: shift - s.Norm + l.ExpK}
	l.V = llama.Linear{Matrix: r.matrix(c.KVDim(), c.Dim, wide), Exp: shift - s.Norm + l.ExpV}
	l.O = llama.Linear{Matrix: r.matrix(c.Dim, c.QDim(), wide), Exp: 13 - l.ExpV + s.Residual}
	l.Gate = llama.Linear{Matrix: r.matrix(c.Hidden, c.Dim, wide), Exp: shift - s.Norm + s.Gate}
	up, down := r.size(large), r.size(small)
	if g.scheme == llama.W8 {
		up = down // the shift of down is at most 32
	}
	l.Up = llama.Linear{Matrix: r.matrix(c.Hidden, c.Dim, up), Exp: 8}
	downShift := min(up.deviation+down.deviation+21, 32)
	l.Down = llama.Linear{Matrix: r.matrix(c.Dim, c.Hidden, down),
		Exp: downShift + s.Residual - s.Silu - s.Norm - l.Up.Exp}
	return l
}

// head draws the head.
func (g *generator) head() llama.Linear {
	r := g.stream(pieceHead)
	return llama.Linear{Matrix: r.matrix(g.c.Vocab, g.c.Dim, r.size(large)), Exp: 8}
}

// embedding draws rows lo to hi-1 of the embedding, [hi-lo][Dim], from the streams of their chunks.
func (g *generator) embedding(lo, hi int) []int16 {
	rows := make([]int16, (hi-lo)*g.c.Dim)
	for from := lo; from < hi; from += embeddingRows {
		to := min(from+embeddingRows, hi)
		r := g.stream(pieceEmbedding + uint64(from/embeddingRows))
		r.fill16(rows[(from-lo)*g.c.Dim:(to-lo)*g.c.Dim], embeddingMagnitude)
	}
	return rows
}
