package float

import (
	"context"
	"fmt"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/llama"
	"fold.example/fold/llama/source"
)

// Source provides the weights; a source.Source implements it.
type Source interface {
	Config() llama.Config
	// ReadRows decodes rows lo to hi-1 of a tensor into dst, [hi-lo][cols]. Calls may be
	// concurrent.
	ReadRows(t source.Tensor, lo, hi int, dst []float32) error
}

// Model is a model in float32. A model from Load may be used concurrently; a model from
// Open has memory for one block and may not.
type Model struct {
	cfg    llama.Config
	src    Source
	freqs  []float64
	final  []float32 // [Dim], gain of the final norm
	layers []*Layer  // [layer]; nil for a block that is read at each use
	head   *Matrix   // nil if it is read at each use
	room   Layer     // memory of the blocks that are read at each use
}

// Open returns a model that keeps one block in memory and reads a block at each use.
func Open(src Source) (*Model, error) {
	cfg := src.Config()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	m := &Model{
		cfg:    cfg,
		src:    src,
		freqs:  cfg.Rope.Frequencies(cfg.HeadDim),
		final:  make([]float32, cfg.Dim),
		layers: make([]*Layer, cfg.Layers),
	}
	return m, src.ReadRows(source.Tensor{Kind: source.FinalNorm}, 0, 1, m.final)
}

// Load returns a model that keeps all weights in memory, except the embedding, whose rows
// it reads at each use.
func Load(ctx context.Context, src Source) (*Model, error) {
	m, err := Open(src)
	if err != nil {
		return nil, err
	}
	for l := range m.layers {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		w := new(Layer)
		if err := m.read(l, w); err != nil {
			return nil, err
		}
		m.layers[l] = w
	}
	m.head = NewMatrix(m.cfg.Vocab, m.cfg.Dim)
	return m, m.readMatrix(source.Tensor{Kind: source.Head}, m.head)
}

// Config returns the shape of the model.
func (m *Model) Config() llama.Config { return m.cfg }

// Layer returns the weights of a block. In a model from Open they are valid until the next
// call.
func (m *Model) Layer(l int) (*Layer, error) {
	if w := m.layers[l]; w != nil {
		return w, nil
	}
	return &m.room, m.read(l, &m.room)
}

// read reads the weights of a block.
func (m *Model) read(l int, w *Layer) error {
	a := m.cfg.Architecture()
	for norm := range a.Norms() {
		gain := w.Gain(norm.Kind)
		resize(gain, norm.Cols.Size(m.cfg))
		if err := m.src.ReadRows(source.Tensor{Layer: l, Kind: norm.Kind}, 0, 1, *gain); err != nil {
			return err
		}
	}
	for matrix := range a.Matrices() {
		if err := m.readMatrix(source.Tensor{Layer: l, Kind: matrix.Kind}, w.Matrix(matrix.Kind)); err != nil {
			return err
		}
		if err := m.readBias(l, w, matrix.Kind); err != nil {
			return err
		}
	}
	return nil
}

// readBias reads the bias of a matrix, if it has one.
func (m *Model) readBias(l int, w *Layer, matrix source.Kind) error {
	bias := m.cfg.Architecture().Bias(matrix)
	if bias == nil {
		return nil
	}
	if w.Bias == nil {
		w.Bias = map[source.Kind][]float32{}
	}
	row := make([]float32, bias.Cols.Size(m.cfg))
	w.Bias[matrix] = row
	return m.src.ReadRows(source.Tensor{Layer: l, Kind: bias.Kind}, 0, 1, row)
}

// readMatrix reads a matrix panel by panel, in parallel.
func (m *Model) readMatrix(t source.Tensor, to *Matrix) error {
	rows, cols := source.Shape(m.cfg, t.Kind)
	to.Reset(rows, cols)
	return ReadGroups(m.src, t, 0, rows, to.SetRows)
}

// GroupRows is the number of rows in a call of ReadGroups' function; the last group of a
// tensor may have fewer.
const GroupRows = panelRows

// ReadGroups calls use with rows first to end-1 of a tensor, GroupRows at a time, in
// parallel and in no particular order: lo is the first row of a group, and rows, [n][cols],
// is valid during the call. It returns the error of the first group that cannot be read.
func ReadGroups(src Source, t source.Tensor, first, end int, use func(lo int, rows []float32)) error {
	_, cols := source.Shape(src.Config(), t.Kind)
	errs := make([]error, end-first)
	buffers := make([][]float32, kernel.Workers())
	kernel.ForWorker(end-first, GroupRows, func(worker, lo, hi int) {
		resize(&buffers[worker], GroupRows*cols)
		group := buffers[worker][:(hi-lo)*cols]
		if errs[lo] = src.ReadRows(t, first+lo, first+hi, group); errs[lo] == nil {
			use(first+lo, group)
		}
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// embed sets x, [T][Dim], to the embedding of tokens.
func (m *Model) embed(tokens []int, x []float32) error {
	d := m.cfg.Dim
	for t, id := range tokens {
		if id < 0 || id >= m.cfg.Vocab {
			return fmt.Errorf("%w: %d, expected 0 to %d", llama.ErrToken, id, m.cfg.Vocab-1)
		}
		if err := m.src.ReadRows(source.Tensor{Kind: source.Embedding}, id, id+1, x[t*d:(t+1)*d]); err != nil {
			return err
		}
	}
	return nil
}

// logits sets y, [T][Vocab], to the logits of residuals x, [T][Dim].
func (m *Model) logits(b *batch, x, y []float32, see Observer) error {
	m.norm(b, x, m.final)
	see.see(SiteHeadNorm, b.n, m.cfg.Dim)
	if m.head != nil {
		m.head.Mul(y, b.gained)
		return nil
	}
	tokens := len(x) / m.cfg.Dim
	t := source.Tensor{Kind: source.Head}
	return ReadGroups(m.src, t, 0, m.cfg.Vocab, func(lo int, rows []float32) {
		panel := NewMatrix(len(rows)/m.cfg.Dim, m.cfg.Dim)
		panel.SetRows(0, rows)
		panel.mulPanel(0, view{y[lo:], m.cfg.Vocab}, view{b.gained, m.cfg.Dim}, tokens)
	})
}
