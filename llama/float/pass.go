package float

import (
	"context"
	"fmt"

	"fold.example/fold/llama"
)

// passTokens is the number of tokens in a batch of a block. It bounds the workspace;
// results do not depend on it.
const passTokens = 1024

// Pass runs texts through the model, all texts through one block before the next, so that
// each block is read once. Every text starts at position 0.
type Pass struct {
	m       *Model
	windows [][]int
	x       []float32 // [T][Dim], the residual, window after window
	caches  []*cache
	batch   batch
}

// NewPass starts a pass over texts of at least one token each. The error wraps
// llama.ErrContext or llama.ErrToken, or comes from the source.
func (m *Model) NewPass(windows [][]int) (*Pass, error) {
	p := &Pass{m: m, windows: windows}
	total := 0
	for _, w := range windows {
		if len(w) == 0 || len(w) > m.cfg.Context {
			return nil, fmt.Errorf("%w: a text of %d tokens, expected 1 to %d", llama.ErrContext, len(w), m.cfg.Context)
		}
		total += len(w)
	}
	p.x = make([]float32, total*m.cfg.Dim)
	lo := 0
	for _, w := range windows {
		if err := m.embed(w, p.x[lo:lo+len(w)*m.cfg.Dim]); err != nil {
			return nil, err
		}
		lo += len(w) * m.cfg.Dim
	}
	return p, nil
}

// Embedding gives the observer the residual before the first block.
func (p *Pass) Embedding(see Observer) { see.see(SiteEmbed, p.x, p.m.cfg.Dim) }

// Block applies a block to all texts. The observer may be nil; it receives the tokens in
// order, in batches of several texts.
func (p *Pass) Block(ctx context.Context, w *Layer, see Observer) error {
	row := 0
	for first := 0; first < len(p.windows); {
		if err := ctx.Err(); err != nil {
			return err
		}
		spans := p.gather(first)
		n := spans[len(spans)-1].hi
		p.m.block(w, &p.batch, p.x[row*p.m.cfg.Dim:(row+n)*p.m.cfg.Dim], spans, see)
		row += n
		first += len(spans)
	}
	return nil
}

// gather returns the spans of the next batch: windows from the first on, as many as
// passTokens allows and at least one.
func (p *Pass) gather(first int) []span {
	var spans []span
	rows := 0
	for i, w := range p.windows[first:] {
		if i > 0 && rows+len(w) > passTokens {
			break
		}
		if i == len(p.caches) {
			p.caches = append(p.caches, newCache(p.m.cfg.KVHeads, p.m.cfg.HeadDim))
		}
		p.caches[i].truncate(0)
		spans = append(spans, span{rows, rows + len(w), p.m.turns(0, len(w)), p.caches[i]})
		rows += len(w)
	}
	return spans
}

// Run applies all blocks to a new pass. see, which may be nil, returns the observer of a
// layer.
func (p *Pass) Run(ctx context.Context, see func(layer int) Observer) error {
	for l := range p.m.cfg.Layers {
		w, err := p.m.Layer(l)
		if err != nil {
			return err
		}
		var o Observer
		if see != nil {
			o = see(l)
		}
		if err := p.Block(ctx, w, o); err != nil {
			return err
		}
	}
	return nil
}

// Head gives the observer the output of the final norm, before its gain.
func (p *Pass) Head(see Observer) {
	p.m.norm(&p.batch, p.x, p.m.final)
	see.see(SiteHeadNorm, p.batch.n, p.m.cfg.Dim)
}

// Logits returns the logits of a window after all blocks, [T][Vocab].
func (p *Pass) Logits(window int) ([]float32, error) {
	lo := 0
	for _, w := range p.windows[:window] {
		lo += len(w)
	}
	n := len(p.windows[window])
	y := make([]float32, n*p.m.cfg.Vocab)
	d := p.m.cfg.Dim
	return y, p.m.logits(&p.batch, p.x[lo*d:(lo+n)*d], y, nil)
}
