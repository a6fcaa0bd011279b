package step

import (
	"math/rand/v2"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold/internal/poly"
	"fold/llama"
)

// pass is one pass through a random model, with the witnesses of its steps.
type pass struct {
	shape   Shape
	model   *llama.Model
	session *llama.Session
	g       Geometry
	x       []int32 // residual at the start of the next step
}

// newPass runs a prompt up to the pass at start and prepares a pass of 2^bits
// tokens there.
func newPass(t testing.TB, rng *rand.Rand, m *llama.Model, blocks, start, bits int) *pass {
	t.Helper()
	shape, err := NewShape(m, bits, log2Ceil(start+1<<bits), blocks)
	require.NoError(t, err)
	p := &pass{shape: shape, model: m, session: m.NewSession()}
	tokens := make([]int, start+1<<bits)
	for i := range tokens {
		tokens[i] = rng.IntN(m.Config.Vocab)
	}
	if start > 0 {
		require.NoError(t, p.session.Forward(tokens[:start], func(int, []int32) error { return nil }))
	}
	p.g = Geometry{Start: start, Bits: bits, Prompt: len(tokens), Tokens: tokens[start:]}
	p.x = make([]int32, m.Config.Dim<<bits)
	require.NoError(t, p.session.Embed(p.g.Tokens, p.x))
	return p
}

// embed returns the witness of the pass's first step.
func (p *pass) embed(t testing.TB) *Witness {
	t.Helper()
	program, err := NewEmbed(p.shape)
	require.NoError(t, err)
	w, err := EmbedWitness(program, p.shape, p.g, p.x)
	require.NoError(t, err)
	return w
}

// blocks returns the witness of the blocks from first on.
func (p *pass) blocks(t testing.TB, first int) *Witness {
	t.Helper()
	program, err := NewBlock(p.shape)
	require.NoError(t, err)
	var traces []*llama.BlockTrace
	for i := range p.shape.Blocks {
		tr := new(llama.BlockTrace)
		require.NoError(t, p.session.Block(first+i, p.g.Start, p.x, tr))
		traces = append(traces, tr)
	}
	w, err := BlockWitness(program, p.shape, p.session, p.g, traces)
	require.NoError(t, err)
	return w
}

// head returns the witness of the pass's last step; the model chooses Next.
func (p *pass) head(t testing.TB) *Witness {
	t.Helper()
	program, err := NewHead(p.shape)
	require.NoError(t, err)
	tr := new(llama.HeadTrace)
	require.NoError(t, p.session.Head(p.x, tr))
	p.g.Next = tr.Argmax[len(tr.Argmax)-1]
	w, err := HeadWitness(program, p.shape, p.model, p.g, tr)
	require.NoError(t, err)
	return w
}

func (p *pass) check(t testing.TB, w *Witness, first int) error {
	t.Helper()
	r, err := NewRecord(w.Program, p.shape, p.model, first)
	require.NoError(t, err)
	return w.Check(r, entries{p.model, first}, &p.model.Tables)
}

// newWide is newPass in a shape for larger passes, so that there are dead tokens.
func newWide(t testing.TB, rng *rand.Rand, m *llama.Model, start, bits, tokenBits int) *pass {
	t.Helper()
	p := newPass(t, rng, m, m.Config.Layers, start, bits)
	shape, err := NewShape(m, tokenBits, max(tokenBits, log2Ceil(start+1<<bits)), m.Config.Layers)
	require.NoError(t, err)
	p.shape = shape
	return p
}

// addCell adds d to a cell.
func addCell(c *Column, i int, d int64) {
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

// evalWeight evaluates a tensor by the steps' own reading of the model.
func evalWeight(t testing.TB, m *llama.Model, shape Shape, first int, name string, point []fr.Element) fr.Element {
	t.Helper()
	model, e := NewModelView(m, shape, first), shape.extents()
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
