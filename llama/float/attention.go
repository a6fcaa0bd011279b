package float

import (
	"math"

	"fold.example/fold/internal/kernel"
)

// span is a sequence of tokens of one text inside a batch.
type span struct {
	lo, hi int       // its rows in the batch
	turns  []float32 // [hi-lo][HeadDim/2][2], cos and sin of each pair's angle
	cache  *cache    // keys and values of the text's earlier tokens
}

// turns returns the cos and sin of the angles at positions start to start+n-1,
// [n][HeadDim/2][2].
func (m *Model) turns(start, n int) []float32 {
	out := make([]float32, 0, 2*n*len(m.freqs))
	for p := start; p < start+n; p++ {
		for _, f := range m.freqs {
			sin, cos := math.Sincos(float64(p) * f)
			out = append(out, float32(cos), float32(sin))
		}
	}
	return out
}

// rotate applies RoPE to the span's rows of x, [batch][width], in place.
func (s *span) rotate(x []float32, width, headDim int) {
	for t := s.lo; t < s.hi; t++ {
		turns := s.turns[(t-s.lo)*headDim:][:headDim]
		row := x[t*width:][:width]
		for i := 0; i < width; i += 2 {
			cos, sin := turns[i%headDim], turns[i%headDim+1]
			a, b := row[i], row[i+1]
			row[i] = float32(a*cos) - float32(b*sin)
			row[i+1] = float32(a*sin) + float32(b*cos)
		}
	}
}

// attention computes the causal attention of a block over the spans of a batch.
type attention struct {
	heads, group, headDim int
	q, out                []float32   // [batch][heads*headDim]
	scores                [][]float32 // [worker], scratch
}

// run computes all heads of all spans in parallel; a unit of work is one head of up to
// tokenBlock tokens.
func (a *attention) run(spans []span) {
	type unit struct {
		*span
		head, lo, hi int
	}
	var units []unit
	for i := range spans {
		s := &spans[i]
		for lo := s.lo; lo < s.hi; lo += tokenBlock {
			for h := range a.heads {
				units = append(units, unit{s, h, lo, min(lo+tokenBlock, s.hi)})
			}
		}
	}
	a.scores = make([][]float32, kernel.Workers())
	kernel.ForWorker(len(units), 1, func(worker, lo, hi int) {
		for _, u := range units[lo:hi] {
			a.unit(worker, u.span, u.head, u.lo, u.hi)
		}
	})
}

// unit computes one head for rows lo to hi-1 of the batch.
func (a *attention) unit(worker int, s *span, head, lo, hi int) {
	first := s.cache.positions - (s.hi - lo) // position of row lo
	seen := first + hi - lo                  // number of positions that the last row attends to
	if n := (hi - lo) * seen; cap(a.scores[worker]) < n {
		a.scores[worker] = make([]float32, n)
	}
	scores := view{a.scores[worker][:(hi-lo)*seen], seen}

	// The first positions of a cache are the first panels of its matrices.
	keys, values := s.cache.keys[head/a.group], s.cache.values[head/a.group]
	keys.Rows, values.Cols = seen, seen
	at, width := head*a.headDim, a.heads*a.headDim
	for p := 0; p*panelRows < seen; p++ {
		keys.mulPanel(p, scores, view{a.q[lo*width+at:], width}, hi-lo)
	}
	scale := 1 / math.Sqrt(float64(a.headDim))
	for t := range hi - lo {
		softmax(scores.data[t*seen:(t+1)*seen], first+t+1, scale)
	}
	for p := range values.panels {
		values.mulPanel(p, view{a.out[lo*width+at:], width}, scores, hi-lo)
	}
}

// softmax replaces the first n entries by their softmax and the others by zero.
func softmax(row []float32, n int, scale float64) {
	largest := row[0]
	for _, s := range row[1:n] {
		largest = max(largest, s)
	}
	sum := 0.0
	for j, s := range row[:n] {
		e := math.Exp(float64(s-largest) * scale)
		row[j] = float32(e)
		sum += e
	}
	inv := float32(1 / sum)
	for j := range row[:n] {
		row[j] *= inv
	}
	clear(row[n:])
}
