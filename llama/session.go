package llama

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"fold.example/fold/internal/files"
)

var (
	// ErrResidual is wrapped when a residual leaves 32 bits: the integer model
	// is not defined there, and such a run is refused before any proof.
	ErrResidual = errors.New("residual leaves 32 bits")

	// ErrContext is wrapped when a position is outside the model's context, or does not
	// follow the positions in the cache.
	ErrContext = errors.New("position outside the context")

	// ErrToken is wrapped when a token id is not in the vocabulary.
	ErrToken = errors.New("token outside the vocabulary")
)

// maxPass is the largest number of tokens in a pass of Forward. It bounds the workspace;
// results do not depend on it.
const maxPass = 64

// Session runs a model on one text. It holds the keys and values of the positions so far,
// 4 KVDim bytes for each position and layer, and a workspace for one pass. Only one
// goroutine may use a session at a time. Its methods start goroutines of their own; the
// results do not depend on their number.
type Session struct {
	model *Model

	keys, values [][]int16 // for each layer [positions][KVDim]

	block     BlockTrace // workspace of a pass without a trace
	head      HeadTrace
	x         []int32      // residual of a pass of Forward
	scoreRows []scoreCells // [worker], the scores of one row in a pass without a trace

	saturated [rescales]atomic.Int64 // [rescale]
	cells     [rescales]int64
}

// NewSession returns a session with an empty cache.
func (m *Model) NewSession() *Session {
	return &Session{
		model:  m,
		keys:   make([][]int16, m.Config.Layers),
		values: make([][]int16, m.Config.Layers),
	}
}

// Model returns the session's model.
func (s *Session) Model() *Model { return s.model }

// Len returns the number of positions that all layers hold in the cache.
func (s *Session) Len() int {
	cells := len(slices.MinFunc(s.keys, func(a, b []int16) int { return len(a) - len(b) }))
	return cells / s.model.Config.KVDim()
}

// Truncate removes the positions from n on from the cache. Layers that hold at most n
// positions stay as they are.
func (s *Session) Truncate(n int) {
	for l := range s.keys {
		end := min(len(s.keys[l]), max(n, 0)*s.model.Config.KVDim())
		s.keys[l], s.values[l] = s.keys[l][:end], s.values[l][:end]
	}
}

// Cache returns the keys and values that a layer holds, each
// [positions][KVHeads][HeadDim]. They are valid until the next pass.
func (s *Session) Cache(layer int) (keys, values []int16) { return s.keys[layer], s.values[layer] }

// Next runs tokens at the positions after those in the cache and returns the model's
// greedy choice after the last token.
func (s *Session) Next(tokens []int) (int, error) {
	if len(tokens) == 0 {
		return 0, errors.New("no tokens, expected at least one")
	}
	var last []int32
	err := s.Forward(tokens, func(_ int, x []int32) error {
		last = x[len(x)-s.model.Config.Dim:]
		return nil
	})
	if err != nil {
		return 0, err
	}
	if err := s.Head(last, &s.head); err != nil {
		return 0, err
	}
	return s.head.Argmax[0], nil
}

// Logits runs tokens at the positions after those in the cache and calls visit with the
// integer logits ([Vocab], exponent Model.LogitExp) of each position in order. The slice
// is valid during the call.
func (s *Session) Logits(tokens []int, visit func(position int, logits []int64) error) error {
	vocab := s.model.Config.Vocab
	return s.Forward(tokens, func(start int, x []int32) error {
		if err := s.Head(x, &s.head); err != nil {
			return err
		}
		for t := range s.head.Tokens {
			if err := visit(start+t, s.head.Logits[t*vocab:(t+1)*vocab]); err != nil {
				return err
			}
		}
		return nil
	})
}

// Forward runs tokens through all blocks, at the positions after those in the cache and
// in passes of bounded size. It calls visit with the first position of each pass and the
// residual after the last block, [T][Dim], which is valid during the call.
func (s *Session) Forward(tokens []int, visit func(start int, x []int32) error) error {
	for pass := range slices.Chunk(tokens, maxPass) {
		start := s.Len()
		resize(&s.x, len(pass)*s.model.Config.Dim)
		if err := s.Embed(pass, s.x); err != nil {
			return err
		}
		for l := range s.model.Layers {
			if err := s.Block(l, start, s.x, nil); err != nil {
				return err
			}
		}
		if err := s.model.Unchanged(); err != nil {
			return err
		}
		if err := visit(start, s.x); err != nil {
			return err
		}
	}
	return nil
}

// Embed sets x, [T][Dim], to the rows of the embedding of tokens.
func (s *Session) Embed(tokens []int, x []int32) (err error) {
	defer asCorrupt(&err)
	defer files.Catch(&err)()
	d := s.model.Config.Dim
	if len(x) != len(tokens)*d {
		return fmt.Errorf("residual of %d entries for %d tokens, expected %d", len(x), len(tokens), len(tokens)*d)
	}
	if err := s.model.check(embeddingSection); err != nil {
		return err
	}
	for t, id := range tokens {
		if id < 0 || id >= s.model.Config.Vocab {
			return fmt.Errorf("%w: %d, expected 0 to %d", ErrToken, id, s.model.Config.Vocab-1)
		}
		for i, e := range s.model.Embedding[id*d : (id+1)*d] {
			x[t*d+i] = int32(e)
		}
	}
	return nil
}
