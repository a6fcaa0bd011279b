package relation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/llama"
)

// ModelView implements Model for a llama model's blocks from layer first on.
type ModelView struct {
	m     *llama.Model
	shape Shape
	e     Extents
	first int
}

// NewModelView returns the weights that a step of the given shape reads; block 0 of the step
// is layer first. The view shares the model's memory.
func NewModelView(m *llama.Model, shape Shape, first int) *ModelView {
	return &ModelView{m, shape, shape.Extents(), first}
}

// tensor returns a tensor by name, and its layer. The layer is nil for tensors that are no
// block's own.
func (w *ModelView) tensor(name string) (*ModelTensor, *llama.Layer, error) {
	for _, k := range []Kind{Embed, Head, Block} {
		for _, t := range RecordTensors(&w.shape, k) {
			if t.Name == name && (k != Block || t.Shared) {
				return &t, nil, nil
			}
		}
	}
	l, rest, err := w.layer(name)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range RecordTensors(&w.shape, Block) {
		if t.Name == rest && !t.Shared {
			return &t, l, nil
		}
	}
	return nil, nil, fmt.Errorf("relation: no tensor %q", name)
}

// Matrix returns a matrix by name ("0.Q") with the spaces of its rows and columns. The matrix
// shares the model's memory. An unknown name is an error.
func (w *ModelView) Matrix(name string) (m kernel.Matrix, rows, cols Space, err error) {
	t, l, err := w.tensor(name)
	if err != nil {
		return nil, nil, nil, err
	}
	switch {
	case !t.IsMatrix():
		return nil, nil, nil, fmt.Errorf("relation: no matrix %q", name)
	case l != nil:
		m = t.weight.Linear(l).Matrix
	case t.weight.Kind == llama.Embedding:
		m = &kernel.W16{Rows: w.m.Config.Vocab, Cols: w.m.Config.Dim, Data: w.m.Embedding}
	default:
		m = w.m.Head.Matrix
	}
	return m, t.Rows, t.Cols, nil
}

// layer splits "<block>.<rest>".
func (w *ModelView) layer(name string) (*llama.Layer, string, error) {
	block, rest, _ := strings.Cut(name, ".")
	i, err := strconv.Atoi(block)
	if err != nil || i < 0 || w.first+i >= len(w.m.Layers) {
		return nil, "", fmt.Errorf("relation: %q names no layer of %d", name, len(w.m.Layers))
	}
	return &w.m.Layers[w.first+i], rest, nil
}

func (w *ModelView) live(a Axis) int { return w.e[a].Live }

// packed returns the live values of a padded vector, and padded is its inverse. Both return
// the vector itself if all values are live.
func (w *ModelView) packed(s Space, v fr.Vector) fr.Vector {
	if w.full(s) {
		return v
	}
	return gather(&w.e, s, w.live, v)
}

func (w *ModelView) padded(s Space, v fr.Vector) fr.Vector {
	if w.full(s) {
		return v
	}
	return scatter(&w.e, s, w.live, v)
}

func (w *ModelView) full(s Space) bool {
	return !slices.ContainsFunc(s, func(a Axis) bool { return w.live(a) != 1<<w.e[a].Bits })
}

// Rows implements Model.
func (w *ModelView) Rows(name string, e fr.Vector) (fr.Vector, error) {
	m, rows, cols, err := w.Matrix(name)
	if err != nil {
		return nil, err
	}
	_, n := m.Dims()
	dst := make(fr.Vector, n)
	kernel.VecMat(dst, w.packed(rows, e), m)
	return w.padded(cols, dst), nil
}

// Columns implements Model.
func (w *ModelView) Columns(name string, f fr.Vector) (fr.Vector, error) {
	m, rows, cols, err := w.Matrix(name)
	if err != nil {
		return nil, err
	}
	n, _ := m.Dims()
	dst := make(fr.Vector, n)
	kernel.MatVec(dst, w.packed(cols, f), m)
	return w.padded(rows, dst), nil
}

// Table implements Model.
func (w *ModelView) Table(name string) ([]int16, error) {
	t, l, err := w.tensor(name)
	switch {
	case err != nil:
		return nil, err
	case t.IsMatrix():
		return nil, fmt.Errorf("relation: no table %q", name)
	case t.Positions:
		return w.positions(t), nil
	case t.table != nil:
		return outputs(t.table, &w.m.Tables), nil
	case t.weight.BiasOf != 0:
		bias := w.m.Config.Architecture().Weight(t.weight.BiasOf).Linear(l).Bias
		return scatter(&w.e, t.Cols, w.live, biasPart(bias, t.part)), nil
	}
	gain, _ := t.weight.Gain(l)
	return scatter(&w.e, t.Cols, w.live, *gain), nil
}

// positions returns the rows of a table of positions, padded, for all positions of the
// context. The extent of the axis of positions is the run's and may be smaller.
func (w *ModelView) positions(t *ModelTensor) []int16 {
	row, n := t.Cols[1:], t.table.Cols.Size(w.m.Config)
	padded, entries := make([]int16, 0, w.m.Config.Context<<w.e.Bits(row)), *t.table.Entries(&w.m.Tables)
	for p := range w.m.Config.Context {
		padded = append(padded, scatter(&w.e, row, w.live, entries[p*n:(p+1)*n])...)
	}
	return padded
}

// Places maps the padded indices of a space to the dense indices; padding maps to -1. The
// result has 2^Bits(s) entries.
func (w *ModelView) Places(s Space) []int32 {
	at := make([]int32, 1<<w.e.Bits(s))
	for i := range at {
		at[i] = -1
	}
	w.e.runs(s, w.live, func(dense, padded, n int) {
		for i := range n {
			at[padded+i] = int32(dense + i)
		}
	})
	return at
}
