package relation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/kernel"
	"fold/llama"
)

// ModelView implements Model for a llama model's blocks from layer first on.
type ModelView struct {
	m     *llama.Model
	e     Extents
	first int
}

// NewModelView returns the weights that a step of the given shape reads; block 0 of the step
// is layer first. The view shares the model's memory.
func NewModelView(m *llama.Model, shape Shape, first int) *ModelView {
	return &ModelView{m, shape.Extents(), first}
}

// MatrixSpaces returns the spaces of the rows and the columns of a matrix, named
// without the prefix of its block. ok is false for an unknown name.
func MatrixSpaces(name string) (rows, cols Space, ok bool) {
	heads, keyHeads := Space{Group, Member, Pair, Part}, Space{Group, Pair, Part}
	switch name {
	case "Head", "Embedding":
		return Space{Vocab}, Space{Width}, true
	case "Q":
		return heads, Space{Width}, true
	case "K", "V":
		return keyHeads, Space{Width}, true
	case "O":
		return Space{Width}, heads, true
	case "Gate", "Up":
		return Space{Hidden}, Space{Width}, true
	case "Down":
		return Space{Width}, Space{Hidden}, true
	}
	return nil, nil, false
}

// Matrix returns a matrix by name ("0.Q") with the spaces of its rows and columns. The matrix
// shares the model's memory. An unknown name is an error.
func (w *ModelView) Matrix(name string) (m kernel.Matrix, rows, cols Space, err error) {
	rest := name
	switch name {
	case "Head":
		m = w.m.Head.Matrix
	case "Embedding":
		m = &kernel.W16{Rows: w.m.Config.Vocab, Cols: w.m.Config.Dim, Data: w.m.Embedding}
	default:
		var l *llama.Layer
		if l, rest, err = w.layer(name); err != nil {
			return nil, nil, nil, err
		}
		switch rest {
		case "Q":
			m = l.Q.Matrix
		case "K":
			m = l.K.Matrix
		case "V":
			m = l.V.Matrix
		case "O":
			m = l.O.Matrix
		case "Gate":
			m = l.Gate.Matrix
		case "Up":
			m = l.Up.Matrix
		case "Down":
			m = l.Down.Matrix
		}
	}
	rows, cols, ok := MatrixSpaces(rest)
	if !ok {
		return nil, nil, nil, fmt.Errorf("relation: no matrix %q", name)
	}
	return m, rows, cols, nil
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

// packed returns the live values of a padded vector, and padded pads them: the vector
// itself where all are live.
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
	t := &w.m.Tables
	positions := func(Axis) int { return w.m.Config.HeadDim / 2 }
	switch name {
	case "cos", "sin":
		table := t.Cos
		if name == "sin" {
			table = t.Sin
		}
		padded := make([]int16, 0, w.m.Config.Context<<w.e[Pair].Bits)
		for p := range w.m.Config.Context {
			n := w.m.Config.HeadDim / 2
			padded = append(padded, scatter(&w.e, Space{Pair}, positions, table[p*n:(p+1)*n])...)
		}
		return padded, nil
	case "exp":
		rows := make([]int16, len(t.Exp))
		for d, e := range t.Exp {
			rows[65535-d] = e
		}
		return rows, nil
	case "silu":
		return t.Silu, nil
	}
	l, rest, err := w.layer(name)
	if err != nil {
		return nil, err
	}
	switch rest {
	case "attn.gain":
		return scatter(&w.e, Space{Width}, w.live, l.AttnGain), nil
	case "ffn.gain":
		return scatter(&w.e, Space{Width}, w.live, l.FFNGain), nil
	}
	return nil, fmt.Errorf("relation: no table %q", name)
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
