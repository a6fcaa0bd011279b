package float

import (
	"math"
	"slices"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/llama/source"
)

// Layer holds the weights of one block.
type Layer struct {
	AttnNorm, FFNNorm []float32                 // [Dim]
	Q, K, V, O        Matrix                    // shapes as in llama.Layer
	Gate, Up, Down    Matrix                    // [Hidden, Dim] twice, [Dim, Hidden]
	Bias              map[source.Kind][]float32 // [Rows] for each matrix that has a bias
}

// Matrix returns the block's matrix of a kind, nil if it has none.
func (w *Layer) Matrix(k source.Kind) *Matrix {
	switch k {
	case source.Q:
		return &w.Q
	case source.K:
		return &w.K
	case source.V:
		return &w.V
	case source.O:
		return &w.O
	case source.Gate:
		return &w.Gate
	case source.Up:
		return &w.Up
	case source.Down:
		return &w.Down
	}
	return nil
}

// Gain returns where the block keeps the gain of a norm, [Dim]; nil for another kind.
func (w *Layer) Gain(k source.Kind) *[]float32 {
	switch k {
	case source.AttnNorm:
		return &w.AttnNorm
	case source.FFNNorm:
		return &w.FFNNorm
	}
	return nil
}

// Site names a tensor of the forward pass for an [Observer].
type Site string

// The sites, with the width of a row.
const (
	SiteEmbed    Site = "embedding"    // [Dim], the residual before the first block
	SiteAttnNorm Site = "attn_norm"    // [Dim], after the norm, before its gain
	SiteQ        Site = "q"            // [Heads*HeadDim], after RoPE
	SiteK        Site = "k"            // [KVHeads*HeadDim], after RoPE
	SiteV        Site = "v"            // [KVHeads*HeadDim]
	SiteAttnOut  Site = "attn_out"     // [Heads*HeadDim], input of O
	SiteMid      Site = "residual_mid" // [Dim], the residual between the two parts
	SiteFFNNorm  Site = "ffn_norm"     // [Dim], after the norm, before its gain
	SiteGate     Site = "gate"         // [Hidden], before silu
	SiteHidden   Site = "hidden"       // [Hidden], input of Down
	SiteOut      Site = "residual"     // [Dim], the residual after the block
	SiteHeadNorm Site = "head_norm"    // [Dim], after the final norm, before its gain
)

// InputSite returns the site of the input of a matrix of a block. For a matrix that reads a
// norm, it is the output of the norm before its gain.
func InputSite(k source.Kind) Site {
	switch k {
	case source.Q, source.K, source.V:
		return SiteAttnNorm
	case source.O:
		return SiteAttnOut
	case source.Gate, source.Up:
		return SiteFFNNorm
	case source.Down:
		return SiteHidden
	}
	return ""
}

// Observer receives tensors as they are computed: rows is [T][width] for the next T
// tokens, valid during the call. Calls do not overlap; the calls for one site come in the
// order of the tokens.
type Observer func(site Site, rows []float32, width int)

// see calls the observer if there is one.
func (o Observer) see(site Site, rows []float32, width int) {
	if o != nil {
		o(site, rows, width)
	}
}

// batch is the workspace of a block, one slice for each tensor, [T][width]. gate also
// holds the input of Down, and add the outputs of O and of Down.
type batch struct {
	n, gained, q, k, v, o, add, gate, up []float32
}

// block applies a block to the residual x, [T][Dim], in place. The spans partition the
// rows.
func (m *Model) block(w *Layer, b *batch, x []float32, spans []span, see Observer) {
	c := m.cfg
	m.norm(b, x, w.AttnNorm)
	see.see(SiteAttnNorm, b.n, c.Dim)
	w.apply(source.Q, &b.q, b.gained)
	w.apply(source.K, &b.k, b.gained)
	w.apply(source.V, &b.v, b.gained)
	kernel.For(len(spans), 1, func(lo, hi int) {
		for _, s := range spans[lo:hi] {
			s.rotate(b.q, c.QDim(), c.HeadDim)
			s.rotate(b.k, c.KVDim(), c.HeadDim)
		}
	})
	see.see(SiteQ, b.q, c.QDim())
	see.see(SiteK, b.k, c.KVDim())
	see.see(SiteV, b.v, c.KVDim())
	m.function(source.Q, b.q)
	m.function(source.K, b.k)
	m.function(source.V, b.v)
	kernel.For(len(spans), 1, func(lo, hi int) {
		for _, s := range spans[lo:hi] {
			s.cache.extend(b.k[s.lo*c.KVDim():], b.v[s.lo*c.KVDim():], s.hi-s.lo)
		}
	})

	resize(&b.o, len(b.q))
	(&attention{heads: c.Heads, group: c.Group(), headDim: c.HeadDim, q: b.q, out: b.o}).run(spans)
	see.see(SiteAttnOut, b.o, c.QDim())
	w.apply(source.O, &b.add, b.o)
	addTo(x, b.add)
	see.see(SiteMid, x, c.Dim)

	m.norm(b, x, w.FFNNorm)
	see.see(SiteFFNNorm, b.n, c.Dim)
	w.apply(source.Gate, &b.gate, b.gained)
	see.see(SiteGate, b.gate, c.Hidden)
	w.apply(source.Up, &b.up, b.gained)
	m.function(source.Gate, b.gate)
	multiply(b.gate, b.up)
	see.see(SiteHidden, b.gate, c.Hidden)
	w.apply(source.Down, &b.add, b.gate)
	addTo(x, b.add)
	see.see(SiteOut, x, c.Dim)
}

// apply sets *y, [T][Rows], to the products of a matrix with the rows of x, plus the bias.
func (w *Layer) apply(k source.Kind, y *[]float32, x []float32) {
	m := w.Matrix(k)
	resize(y, len(x)/m.Cols*m.Rows)
	m.Mul(*y, x)
	bias := w.Bias[k]
	if bias == nil {
		return
	}
	for row := range slices.Chunk(*y, m.Rows) {
		addTo(row, bias)
	}
}

// norm sets b.n to the rows of x divided by their root mean square, and b.gained to the
// product of b.n with the gain.
func (m *Model) norm(b *batch, x, gain []float32) {
	d := m.cfg.Dim
	resize(&b.n, len(x))
	resize(&b.gained, len(x))
	kernel.For(len(x)/d, 16, func(lo, hi int) {
		for t := lo; t < hi; t++ {
			row, n, gained := x[t*d:(t+1)*d], b.n[t*d:(t+1)*d], b.gained[t*d:(t+1)*d]
			sum := 0.0
			for _, v := range row {
				sum += float64(float64(v) * float64(v))
			}
			inv := float32(1 / math.Sqrt(sum/float64(d)+m.cfg.RMSEps))
			for i, v := range row {
				n[i] = v * inv
				gained[i] = n[i] * gain[i]
			}
		}
	})
}

// function applies the function of a table (llama.Table.Of) to x, the product of the matrix.
// Without a table x does not change.
func (m *Model) function(of source.Kind, x []float32) {
	table := m.cfg.Architecture().TableOf(of)
	if table == nil {
		return
	}
	kernel.For(len(x), 4096, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			x[i] = float32(table.Function(float64(x[i])))
		}
	})
}

// multiply sets x to x * y.
func multiply(x, y []float32) {
	kernel.For(len(x), 4096, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			x[i] *= y[i]
		}
	})
}

// addTo adds y to x.
func addTo(x, y []float32) {
	for i, v := range y {
		x[i] += v
	}
}

// resize sets the length of a buffer and reuses its memory if that suffices. The contents
// are arbitrary afterwards.
func resize(b *[]float32, n int) {
	if cap(*b) < n {
		*b = make([]float32, n)
	}
	*b = (*b)[:n]
}
