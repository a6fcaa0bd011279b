package step

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/kernel"
	"fold/llama"
)

// Model gives a prover the weights of a step's layers. Vectors are padded: the
// index of an axis, or of several, as in the program.
type Model interface {
	// Rows returns sum_y e[y] M[y, .] for a matrix: e over its rows.
	Rows(name string, e fr.Vector) (fr.Vector, error)
	// Columns returns sum_k M[., k] f[k] for a matrix: f over its columns.
	Columns(name string, f fr.Vector) (fr.Vector, error)
	// Table returns a table or a vector whole. Tables of positions start at
	// position 0.
	Table(name string) ([]int16, error)
}

// weights is the Model of a llama model's blocks from layer first on.
type weights struct {
	m     *llama.Model
	e     Extents
	first int
}

// NewModel returns the weights that the steps of a shape read: of blocks, those
// from layer first on.
func NewModel(m *llama.Model, shape Shape, first int) Model {
	return &weights{m, shape.extents(), first}
}

// matrix finds a matrix with the spaces of its rows and columns.
func (w *weights) matrix(name string) (m kernel.Matrix, rows, cols Space, err error) {
	heads, keyHeads := Space{Group, Member, Pair, Part}, Space{Group, Pair, Part}
	width, hidden := Space{Width}, Space{Hidden}
	switch name {
	case "Head":
		return w.m.Head.Matrix, Space{Vocab}, width, nil
	case "Embedding":
		e := &kernel.W16{Rows: w.m.Config.Vocab, Cols: w.m.Config.Dim, Data: w.m.Embedding}
		return e, Space{Vocab}, width, nil
	}
	l, rest, err := w.layer(name)
	if err != nil {
		return nil, nil, nil, err
	}
	switch rest {
	case "Q":
		return l.Q.Matrix, heads, width, nil
	case "K":
		return l.K.Matrix, keyHeads, width, nil
	case "V":
		return l.V.Matrix, keyHeads, width, nil
	case "O":
		return l.O.Matrix, width, heads, nil
	case "Gate":
		return l.Gate.Matrix, hidden, width, nil
	case "Up":
		return l.Up.Matrix, hidden, width, nil
	case "Down":
		return l.Down.Matrix, width, hidden, nil
	}
	return nil, nil, nil, fmt.Errorf("step: no matrix %q", name)
}

// layer splits "<block>.<rest>".
func (w *weights) layer(name string) (*llama.Layer, string, error) {
	block, rest, _ := strings.Cut(name, ".")
	i, err := strconv.Atoi(block)
	if err != nil || i < 0 || w.first+i >= len(w.m.Layers) {
		return nil, "", fmt.Errorf("step: %q names no layer of %d", name, len(w.m.Layers))
	}
	return &w.m.Layers[w.first+i], rest, nil
}

func (w *weights) live(a Axis) int { return w.e[a].Live }

func (w *weights) Rows(name string, e fr.Vector) (fr.Vector, error) {
	m, rows, cols, err := w.matrix(name)
	if err != nil {
		return nil, err
	}
	_, n := m.Dims()
	dst := make(fr.Vector, n)
	kernel.VecMat(dst, gather(&w.e, rows, w.live, e), m)
	return scatter(&w.e, cols, w.live, dst), nil
}

func (w *weights) Columns(name string, f fr.Vector) (fr.Vector, error) {
	m, rows, cols, err := w.matrix(name)
	if err != nil {
		return nil, err
	}
	n, _ := m.Dims()
	dst := make(fr.Vector, n)
	kernel.MatVec(dst, gather(&w.e, cols, w.live, f), m)
	return scatter(&w.e, rows, w.live, dst), nil
}

func (w *weights) Table(name string) ([]int16, error) {
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
	return nil, fmt.Errorf("step: no table %q", name)
}
