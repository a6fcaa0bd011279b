// Package relationtest builds witnesses of random models for tests of the relation and of the
// proofs of its steps.
package relationtest

import (
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/bitlen"
	"fold.example/fold/internal/poly"
	"fold.example/fold/llama"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/relation"
)

// Pass is one pass through a random model, with the witnesses of its steps.
type Pass struct {
	Shape   relation.Shape
	Model   *llama.Model
	Session *llama.Session
	G       relation.Geometry
	x       []int32 // residual at the start of the next step
}

// NewPass runs a prompt up to the pass at start and prepares a pass of 2^bits
// tokens there.
func NewPass(t testing.TB, rng *rand.Rand, m *llama.Model, blocks, start, bits int) *Pass {
	t.Helper()
	shape, err := relation.NewShape(m, bits, bitlen.Ceil(start+1<<bits), blocks)
	require.NoError(t, err)
	p := &Pass{Shape: shape, Model: m, Session: m.NewSession()}
	tokens := make([]int, start+1<<bits)
	for i := range tokens {
		tokens[i] = rng.IntN(m.Config.Vocab)
	}
	if start > 0 {
		require.NoError(t, p.Session.Forward(tokens[:start], func(int, []int32) error { return nil }))
	}
	p.G = relation.Geometry{Start: start, Bits: bits, Prompt: len(tokens), Tokens: tokens[start:]}
	p.x = make([]int32, m.Config.Dim<<bits)
	require.NoError(t, p.Session.Embed(p.G.Tokens, p.x))
	return p
}

// Embed returns the witness of the pass's first step.
func (p *Pass) Embed(t testing.TB) *relation.Witness {
	t.Helper()
	program, err := relation.NewEmbed(p.Shape)
	require.NoError(t, err)
	w, err := relation.EmbedWitness(program, p.Shape, p.G, p.x)
	require.NoError(t, err)
	return w
}

// Blocks returns the witness of the blocks from first on.
func (p *Pass) Blocks(t testing.TB, first int) *relation.Witness {
	t.Helper()
	program, err := relation.NewBlock(p.Shape)
	require.NoError(t, err)
	var traces []*llama.BlockTrace
	for i := range p.Shape.Blocks {
		tr := new(llama.BlockTrace)
		require.NoError(t, p.Session.Block(first+i, p.G.Start, p.x, tr))
		traces = append(traces, tr)
	}
	w, err := relation.BlockWitness(program, p.Shape, p.Session, p.G, traces)
	require.NoError(t, err)
	return w
}

// Head returns the witness of the pass's last step; the model chooses Next.
func (p *Pass) Head(t testing.TB) *relation.Witness {
	t.Helper()
	program, err := relation.NewHead(p.Shape)
	require.NoError(t, err)
	tr := new(llama.HeadTrace)
	require.NoError(t, p.Session.Head(p.x, tr))
	p.G.Next = tr.Argmax[len(tr.Argmax)-1]
	w, err := relation.HeadWitness(program, p.Shape, p.Model, p.G, tr)
	require.NoError(t, err)
	return w
}

// Check evaluates the relation on witness w of a step whose block 0 is layer first.
func (p *Pass) Check(t testing.TB, w *relation.Witness, first int) error {
	t.Helper()
	r, err := relation.NewLayerConstants(w.Program, p.Shape, p.Model, first)
	require.NoError(t, err)
	return w.Check(r, llamatest.Entries{Model: p.Model, First: first}, &p.Model.Tables)
}

// NewWide is NewPass with a shape for passes of up to 2^tokenBits tokens. Tokens from 2^bits
// on are dead.
func NewWide(t testing.TB, rng *rand.Rand, m *llama.Model, start, bits, tokenBits int) *Pass {
	t.Helper()
	p := NewPass(t, rng, m, m.Config.Layers, start, bits)
	shape, err := relation.NewShape(m, tokenBits, max(tokenBits, bitlen.Ceil(start+1<<bits)), m.Config.Layers)
	require.NoError(t, err)
	p.Shape = shape
	return p
}

// AddCell adds d to cell i of a column.
func AddCell(c *relation.Column, i int, d int64) {
	switch {
	case c.Unsigned != nil:
		c.Unsigned[i] += uint16(d)
	case c.Signed != nil:
		c.Signed[i] += int16(d)
	case c.Ints != nil:
		c.Ints[i] += d
	case c.Wide != nil:
		c.Wide[i].Lo += uint64(d)
	default:
		var e = c.Field[i]
		e.SetInt64(d)
		c.Field[i].Add(&c.Field[i], &e)
	}
}

// EvalWeight evaluates the multilinear extension of a weight tensor at a point, through
// relation.ModelView.
func EvalWeight(
	t testing.TB, m *llama.Model, shape relation.Shape, first int, name string, point []fr.Element,
) fr.Element {
	t.Helper()
	model, e := relation.NewModelView(m, shape, first), shape.Extents()
	if _, rows, _, err := model.Matrix(name); err == nil {
		n := e.Bits(rows)
		row, err := model.Rows(name, poly.EqTable(point[:n]))
		require.NoError(t, err)
		return poly.Eval(row, point[n:])
	}
	table, err := model.Table(name)
	require.NoError(t, err)
	dense := make(fr.Vector, 1<<len(point))
	for i := range min(len(table), len(dense)) {
		dense[i].SetInt64(int64(table[i]))
	}
	return poly.Eval(dense, point)
}
