package float

import (
	"errors"
	"fmt"

	"fold.example/fold/llama"
)

// Session runs a model on one text and keeps the keys and values of all positions so far.
// Only one goroutine may use a session at a time.
type Session struct {
	m      *Model
	caches []*cache // [layer]
	batch  batch
	x      []float32
	logits []float32
}

// NewSession returns a session at position 0.
func (m *Model) NewSession() *Session {
	s := &Session{m: m, caches: make([]*cache, m.cfg.Layers)}
	for l := range s.caches {
		s.caches[l] = newCache(m.cfg.KVHeads, m.cfg.HeadDim)
	}
	return s
}

// Len returns the number of positions so far.
func (s *Session) Len() int { return s.caches[0].positions }

// Next runs tokens at the next positions and returns the logits after the last token,
// [Vocab], valid until the next call. The error wraps llama.ErrContext or llama.ErrToken,
// or comes from the source.
func (s *Session) Next(tokens []int) ([]float32, error) {
	if len(tokens) == 0 {
		return nil, errors.New("no tokens, expected at least one")
	}
	cfg, start := s.m.cfg, s.Len()
	if start+len(tokens) > cfg.Context {
		return nil, fmt.Errorf("%w: %d tokens from position %d, expected an end of at most %d",
			llama.ErrContext, len(tokens), start, cfg.Context)
	}
	resize(&s.x, len(tokens)*cfg.Dim)
	if err := s.m.embed(tokens, s.x); err != nil {
		return nil, err
	}
	turns := s.m.turns(start, len(tokens))
	for l, c := range s.caches {
		w, err := s.m.Layer(l)
		if err != nil {
			s.truncate(start)
			return nil, err
		}
		s.m.block(w, &s.batch, s.x, []span{{0, len(tokens), turns, c}}, nil)
	}
	resize(&s.logits, cfg.Vocab)
	return s.logits, s.m.logits(&s.batch, s.x[len(s.x)-cfg.Dim:], s.logits, nil)
}

// truncate removes the positions from n on in all layers.
func (s *Session) truncate(n int) {
	for _, c := range s.caches {
		c.truncate(min(n, c.positions))
	}
}
