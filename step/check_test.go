package step

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

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

// shapes are small and odd: no width but the head's pairs is a power of two.
var shapes = []struct {
	name   string
	config llama.Config
	scheme llama.Scheme
	loud   bool
}{
	{"w16", llama.Config{Dim: 12, Hidden: 20, Layers: 2, Heads: 6, KVHeads: 3, HeadDim: 4}, llama.W16, false},
	{"w16 saturating", llama.Config{Dim: 12, Hidden: 9, Layers: 1, Heads: 3, KVHeads: 1, HeadDim: 6}, llama.W16, true},
	{"w8", llama.Config{Dim: 10, Hidden: 40, Layers: 1, Heads: 4, KVHeads: 4, HeadDim: 2}, llama.W8, false},
	{"ternary", llama.Config{Dim: 7, Hidden: 11, Layers: 2, Heads: 5, KVHeads: 1, HeadDim: 4}, llama.Ternary, false},
}

func withVocab(c llama.Config) llama.Config {
	c.Vocab, c.Context = 13, 32
	c.Rope.Theta = 10000
	return c
}

// TestHonest: every relation holds for every pass of an honest run.
func TestHonest(t *testing.T) {
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 2))
			m := randomModel(t, rng, withVocab(s.config), s.scheme, s.loud)
			for _, at := range []struct{ start, bits int }{{0, 0}, {0, 2}, {3, 0}, {4, 1}} {
				p := newPass(t, rng, m, m.Config.Layers, at.start, at.bits)
				require.NoError(t, p.check(t, p.embed(t), 0))
				require.NoError(t, p.check(t, p.blocks(t, 0), 0))
				require.NoError(t, p.check(t, p.head(t), 0))
			}
		})
	}
}
