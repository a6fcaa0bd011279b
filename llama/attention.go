package llama

import (
	"slices"

	"fold.example/fold/internal/kernel"
)

// scoreCells holds the scores of one token and head over the positions, the distances D
// to the largest score, and the exponentials E, [P] each.
type scoreCells struct {
	score []int64
	d     []uint16
	e     []int16
}

// rotate applies RoPE to the accumulators of a pass, [T][heads][HeadDim]: pair
// i at position p, (a,b) -> (a cos - b sin, a sin + b cos).
func (s *Session) rotate(dst, acc []int64, heads, start, tokens int) {
	hd, tables := s.model.Config.HeadDim, &s.model.Tables
	kernel.For(tokens*heads, cellGrain/hd+1, func(lo, hi int) {
		for row := lo; row < hi; row++ {
			p := (start + row/heads) * hd / 2
			cos, sin := tables.Cos[p:p+hd/2], tables.Sin[p:p+hd/2]
			in, out := acc[row*hd:(row+1)*hd], dst[row*hd:(row+1)*hd]
			for i := range cos {
				a, b := in[2*i], in[2*i+1]
				c, s := int64(cos[i]), int64(sin[i])
				out[2*i], out[2*i+1] = a*c-b*s, a*s+b*c
			}
		}
	})
}

// attend computes the outputs O of all heads of a pass from Q and the cache.
func (s *Session) attend(tr *BlockTrace, shift int) {
	c := s.model.Config
	grain := cellGrain/(tr.Positions*c.HeadDim) + 1
	resize(&s.scoreRows, kernel.Workers())
	kernel.ForWorker(tr.Tokens*c.Heads, grain, func(worker, lo, hi int) {
		for row := lo; row < hi; row++ {
			cells := s.row(tr, worker, row)
			s.attendRow(tr, cells, row, tr.Start+row/c.Heads+1, shift)
		}
	})
}

// row returns the buffers for the scores of one token and head: the trace's buffers if it
// keeps scores, else the worker's scratch.
func (s *Session) row(tr *BlockTrace, worker, row int) scoreCells {
	p := tr.Positions
	if len(tr.Score) > 0 {
		return scoreCells{tr.Score[row*p : (row+1)*p], tr.D[row*p : (row+1)*p], tr.E[row*p : (row+1)*p]}
	}
	cells := &s.scoreRows[worker]
	resize(&cells.score, p)
	resize(&cells.d, p)
	resize(&cells.e, p)
	return *cells
}

// attendRow computes one token and head: scores against the first live
// positions, their softmax and the weighted sum of the values.
func (s *Session) attendRow(tr *BlockTrace, cells scoreCells, row, live, shift int) {
	c := s.model.Config
	kv := row % c.Heads / c.Group() * c.HeadDim // the head's offset in a cached token
	keys, values := s.keys[tr.Layer], s.values[tr.Layer]
	q := tr.Q[row*c.HeadDim : (row+1)*c.HeadDim]
	clear(cells.score[live:])
	clear(cells.d[live:])
	clear(cells.e[live:])

	score := cells.score[:live]
	kernel.DotRows(score, q, keys[kv:], c.KVDim())
	largest, sum := slices.Max(score), int64(0)
	for j, a := range score {
		d := min(tableRows-1, (largest-a)>>shift)
		e := s.model.Tables.Exp[d]
		cells.d[j], cells.e[j] = uint16(d), e
		sum += int64(e)
	}
	n := tr.N[row*c.HeadDim : (row+1)*c.HeadDim]
	kernel.SumRows(n, cells.e[:live], values[kv:], c.KVDim())
	k := s.model.Scales.Softmax
	inv := int64(1) << k / sum
	tr.Max[row], tr.Sum[row], tr.Inv[row] = largest, sum, inv
	o := tr.O[row*c.HeadDim : (row+1)*c.HeadDim]
	for i := range o {
		// |N| <= max|v| S and S inv <= 2^48, so -2^63 <= N inv <= 32767 2^48: the
		// sum with 2^(K-1) has 64 bits, and |O| <= max|v|.
		o[i] = int16(round(n[i]*inv, k))
	}
}
