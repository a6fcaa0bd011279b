package llamatest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/llama"
)

// Vanishing is a change of a model that makes values zero.
type Vanishing struct {
	Name  string
	Apply func(m *llama.Model)
}

// Also returns the change that applies v and then w.
func (v Vanishing) Also(w Vanishing) Vanishing {
	return Vanishing{v.Name + ", " + w.Name, func(m *llama.Model) { v.Apply(m); w.Apply(m) }}
}

// Model returns a random valid model with the change applied.
func (v Vanishing) Model(t testing.TB, c llama.Config, s llama.Scheme) *llama.Model {
	t.Helper()
	m := RandomModel(t, rand.New(rand.NewPCG(71, 72)), c, s, false)
	v.Apply(m)
	require.NoError(t, m.Validate())
	return m
}

// Tensor is a matrix of a model, or a vector as a matrix of one row, with cells that a test sets. Set sets the cell of
// row y and column k to units times the smallest non-zero value that the tensor's coding has.
type Tensor struct {
	Name       string
	Rows, Cols int
	Set        func(m *llama.Model, y, k int, units int16)
}

// Tensors lists the matrices and gains of a model in the order of its layers; see Tables for its tables.
func Tensors(m *llama.Model) (all []Tensor) {
	c := m.Config
	vector := func(name string, rows, cols int, of func(m *llama.Model) []int16) {
		if len(of(m)) > 0 {
			all = append(all, Tensor{name, rows, cols, func(m *llama.Model, y, k int, v int16) { of(m)[y*cols+k] = v }})
		}
	}
	matrix := func(name string, rows, cols int, of func(m *llama.Model) kernel.Matrix) {
		all = append(all, Tensor{name, rows, cols, func(m *llama.Model, y, k int, v int16) { setCell(of(m), y, k, v) }})
	}
	vector("embedding", c.Vocab, c.Dim, func(m *llama.Model) []int16 { return m.Embedding })
	for i := range m.Layers {
		for j, l := range m.Layers[i].Linears() {
			rows, cols := l.Dims()
			matrix(fmt.Sprint(i, ".", l.Name), rows, cols, func(m *llama.Model) kernel.Matrix {
				return m.Layers[i].Linears()[j].Matrix
			})
		}
		vector(fmt.Sprint(i, ".attn.gain"), 1, c.Dim, func(m *llama.Model) []int16 { return m.Layers[i].AttnGain })
		vector(fmt.Sprint(i, ".ffn.gain"), 1, c.Dim, func(m *llama.Model) []int16 { return m.Layers[i].FFNGain })
	}
	matrix("head", c.Vocab, c.Dim, func(m *llama.Model) kernel.Matrix { return m.Head.Matrix })
	return all
}

// setCell sets a cell of a matrix to units times the smallest non-zero value of its coding.
func setCell(m kernel.Matrix, y, k int, units int16) {
	switch m := m.(type) {
	case *kernel.W16:
		m.Data[y*m.Cols+k] = units
	case *kernel.W8:
		m.Data[y*m.Cols+k] = int8(units)
		if units != 0 {
			m.Mul[y*m.Groups()+k/kernel.GroupSize] = 1
		}
	case *kernel.Ternary:
		b, p := &m.Data[y*m.Stride()+k/5], [5]byte{1, 3, 9, 27, 81}[k%5]
		*b = *b - p*(*b/p%3) + p*byte(units+1)
	}
}

// Vanish sets rows from to end-1 to zero; if unit is true it then sets the middle cell of row from to one unit.
func (x Tensor) Vanish(from, end int, unit bool) Vanishing {
	name := fmt.Sprintf("%s, rows %d to %d, zero", x.Name, from, end-1)
	if from == 0 && end == x.Rows {
		name = x.Name + " zero"
	}
	if unit {
		name += " except one unit"
	}
	return Vanishing{name, func(m *llama.Model) {
		for y := from; y < end; y++ {
			for k := range x.Cols {
				x.Set(m, y, k, 0)
			}
		}
		if unit {
			x.Set(m, from, x.Cols/2, 1)
		}
	}}
}

// Tables lists for each table the changes "zero" and "zero except one unit". The values that llama.Model.Validate
// requires, both ends of exp and the first of silu, are kept.
func Tables() (all []Vanishing) {
	for _, x := range []struct {
		name string
		of   func(t *llama.Tables) []int16
	}{
		{"cos", func(t *llama.Tables) []int16 { return t.Cos }},
		{"sin", func(t *llama.Tables) []int16 { return t.Sin }},
		{"exp", func(t *llama.Tables) []int16 { return t.Exp[1 : len(t.Exp)-1] }},
		{"silu", func(t *llama.Tables) []int16 { return t.Silu[1:] }},
	} {
		all = append(all,
			Vanishing{x.name + " zero", func(m *llama.Model) { clear(x.of(&m.Tables)) }},
			Vanishing{x.name + " zero except one unit", func(m *llama.Model) {
				clear(x.of(&m.Tables))
				x.of(&m.Tables)[0] = 1
			}})
	}
	return all
}

// Everything sets all tensors of m to zero, and its tables if tables is true.
func Everything(m *llama.Model, tables bool) Vanishing {
	v := Vanishing{"everything zero", func(*llama.Model) {}}
	for _, x := range Tensors(m) {
		v.Apply = v.Also(x.Vanish(0, x.Rows, false)).Apply
	}
	if tables {
		for _, w := range Tables() {
			v.Apply = v.Also(w).Apply
		}
		v.Name = "everything and the tables zero"
	}
	return v
}

// Unchanged changes nothing.
var Unchanged = Vanishing{"unchanged", func(*llama.Model) {}}
