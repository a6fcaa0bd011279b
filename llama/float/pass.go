package float

import (
	"context"
	"fmt"

	"fold/llama"
)

// passTokens is the number of tokens that a block computes at once: it bounds
// the workspace, not the result.
const passTokens = 1024

// Pass carries texts through the model, all of them through one block before
// the next, so that each block is read once. Every text starts at position 0.
type Pass struct {
	m       *Model
	windows [][]int
	x       []float32 // [T][Dim], the residual, window after window
	caches  []*cache
	batch   batch
}

// NewPass starts a pass over some texts, each of at least one token.
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

// Embedding shows the residual before the first block.
func (p *Pass) Embedding(see Observer) { see.see(SiteEmbed, p.x, p.m.cfg.Dim) }

// Block applies a block to all texts. The observer, which may be nil, sees the
// tokens in order, some texts at a time.
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

// gather takes windows from the first on until the batch is full.
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

// Run applies all blocks that are left of a fresh pass. The observer, which may
// be nil, is told the layer.
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

// Head shows the input of the head, before the final norm's gain.
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
