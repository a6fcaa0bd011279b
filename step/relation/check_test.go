package relation

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/bitlen"
	"fold.example/fold/llama"
	"fold.example/fold/llama/llamatest"
)

// fixture is one pass through a random model, with the witnesses of its steps.
type fixture struct {
	shape   Shape
	model   *llama.Model
	session *llama.Session
	g       Geometry
	x       []int32 // residual at the start of the next step
}

// newFixture runs a prompt up to the pass at start and prepares a pass of 2^bits
// tokens there.
func newFixture(t testing.TB, rng *rand.Rand, m *llama.Model, blocks, start, bits int) *fixture {
	t.Helper()
	shape, err := NewShape(m, bits, bitlen.Ceil(start+1<<bits), blocks)
	require.NoError(t, err)
	p := &fixture{shape: shape, model: m, session: m.NewSession()}
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
func (p *fixture) embed(t testing.TB) *Witness {
	t.Helper()
	program, err := NewEmbed(p.shape)
	require.NoError(t, err)
	w, err := EmbedWitness(program, p.shape, p.g, p.x)
	require.NoError(t, err)
	return w
}

// blocks returns the witness of the blocks from first on.
func (p *fixture) blocks(t testing.TB, first int) *Witness {
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
func (p *fixture) head(t testing.TB) *Witness {
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

func (p *fixture) check(t testing.TB, w *Witness, first int) error {
	t.Helper()
	r, err := NewLayerConstants(w.Program, p.shape, p.model, first)
	require.NoError(t, err)
	return w.Check(r, llamatest.Entries{Model: p.model, First: first}, &p.model.Tables)
}

// TestHonest: every relation holds for every pass of an honest run.
func TestHonest(t *testing.T) {
	for _, s := range llamatest.Shapes {
		t.Run(s.Name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 2))
			m := llamatest.RandomModel(t, rng, llamatest.WithVocab(s.Config), s.Scheme, s.Loud)
			for _, at := range []struct{ start, bits int }{{0, 0}, {0, 2}, {3, 0}, {4, 1}} {
				p := newFixture(t, rng, m, m.Config.Layers, at.start, at.bits)
				require.NoError(t, p.check(t, p.embed(t), 0))
				require.NoError(t, p.check(t, p.blocks(t, 0), 0))
				require.NoError(t, p.check(t, p.head(t), 0))
			}
		})
	}
}
