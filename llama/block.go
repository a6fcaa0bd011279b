package llama

import (
	"fmt"
	"math"
	"slices"

	"fold.example/fold/internal/files"
	"fold.example/fold/internal/kernel"
)

// Block runs one block on the residual x of a pass, [T][Dim], in place, for
// tokens at positions start .. start+T-1. The layer's cache must hold the
// positions before start. Keys and values from start on are replaced.
//
// A trace that is not nil receives every intermediate integer; the arithmetic does not
// depend on it. After an error x and the trace are arbitrary, and the cache ends at
// start. The error wraps ErrContext, ErrResidual, ErrCorrupt or ErrInvalid.
func (s *Session) Block(layer, start int, x []int32, trace *BlockTrace) (err error) {
	defer asCorrupt(&err)
	defer files.Catch(&err)()
	c := s.model.Config
	tokens := len(x) / c.Dim
	if tokens < 1 || len(x) != tokens*c.Dim {
		return fmt.Errorf("residual of %d entries, expected a multiple of %d", len(x), c.Dim)
	}
	if err := s.checkPositions(layer, start, tokens); err != nil {
		return err
	}
	if err := s.model.check(firstLayerSection + layer); err != nil {
		return err
	}
	tr, l := trace, &s.model.Layers[layer]
	if tr == nil {
		tr = &s.block
	}
	tr.reset(c, l.AttnGain != nil, layer, start, tokens, trace != nil)
	copy(tr.In, x)
	if err := s.attentionPart(l, tr); err != nil {
		s.truncateLayer(layer, start)
		return err
	}
	if err := s.feedForwardPart(l, tr); err != nil {
		s.truncateLayer(layer, start)
		return err
	}
	copy(x, tr.Out)
	return nil
}

// checkPositions checks that n positions from start on lie in the context and continue
// the cache of a layer.
func (s *Session) checkPositions(layer, start, n int) error {
	c := s.model.Config
	if layer < 0 || layer >= c.Layers {
		return fmt.Errorf("layer %d, expected 0 to %d", layer, c.Layers-1)
	}
	if held := len(s.keys[layer]) / c.KVDim(); start < 0 || start > held || start+n > c.Context {
		return fmt.Errorf("%w: positions %d to %d, expected a start up to %d (the cache) and an end below %d",
			ErrContext, start, start+n-1, held, c.Context)
	}
	return nil
}

// truncateLayer removes the positions from the given one on from a layer's cache.
func (s *Session) truncateLayer(layer, positions int) {
	end := positions * s.model.Config.KVDim()
	s.keys[layer], s.values[layer] = s.keys[layer][:end], s.values[layer][:end]
}

// attentionPart computes Mid from In and appends the pass's keys and values to the cache.
func (s *Session) attentionPart(l *Layer, tr *BlockTrace) error {
	c := s.model.Config
	k := l.shifts(c.Architecture(), s.model.Scales)
	s.norm(&tr.Attn, tr.In, l.AttnGain)
	n := tr.Attn.Out()
	l.Q.product(tr.QAcc, n, tr.Tokens)
	l.K.product(tr.KAcc, n, tr.Tokens)
	l.V.product(tr.VAcc, n, tr.Tokens)
	s.rotate(tr.QRot, tr.QAcc, c.Heads, tr.Start, tr.Tokens)
	s.rotate(tr.KRot, tr.KAcc, c.KVHeads, tr.Start, tr.Tokens)
	s.requantise(rescaleQ, tr.Q, tr.QRot, k.Q)
	s.requantise(rescaleK, tr.K, tr.KRot, k.K)
	s.requantise(rescaleV, tr.V, tr.VAcc, k.V)
	s.lookUpInPlace(Q, &tr.QIn, tr.Q)
	s.lookUpInPlace(K, &tr.KIn, tr.K)
	s.lookUpInPlace(V, &tr.VIn, tr.V)

	s.truncateLayer(tr.Layer, tr.Start)
	s.keys[tr.Layer] = append(s.keys[tr.Layer], tr.K...)
	s.values[tr.Layer] = append(s.values[tr.Layer], tr.V...)
	s.attend(tr, k.Score)

	l.O.product(tr.OAcc, tr.O, tr.Tokens)
	for i, acc := range tr.OAcc {
		x := int64(tr.In[i]) + round(acc, k.O)
		if x != int64(int32(x)) {
			return residualError(tr, i, c.Dim, "attention")
		}
		tr.Mid[i] = int32(x)
	}
	return nil
}

// feedForwardPart computes Out from Mid.
func (s *Session) feedForwardPart(l *Layer, tr *BlockTrace) error {
	k := l.shifts(s.model.Config.Architecture(), s.model.Scales)
	s.norm(&tr.FFN, tr.Mid, l.FFNGain)
	n := tr.FFN.Out()
	l.Gate.product(tr.GAcc, n, tr.Tokens)
	l.Up.product(tr.U, n, tr.Tokens)
	s.requantise(rescaleGate, tr.G, tr.GAcc, k.Gate)
	s.lookUp(s.model.Config.Architecture().TableOf(Gate), tr.S, tr.G)
	kernel.For(len(tr.H), cellGrain, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			tr.H[i] = int64(tr.S[i]) * tr.U[i]
		}
	})
	l.Down.wideProduct(tr.DownAcc, tr.H, tr.Tokens)
	for i, acc := range tr.DownAcc {
		y, ok := acc.Round(uint(k.Down)).Int64()
		x := int64(tr.Mid[i]) + y
		if !ok || y > math.MaxInt64/2 || y < math.MinInt64/2 || x != int64(int32(x)) {
			return residualError(tr, i, s.model.Config.Dim, "feed-forward")
		}
		tr.Out[i] = int32(x)
	}
	return nil
}

// lookUp sets out to the outputs of a table for the inputs in, or to in if table is nil.
func (s *Session) lookUp(table *Table, out, in []int16) {
	if table == nil {
		copy(out, in)
		return
	}
	entries := *table.Entries(&s.model.Tables)
	kernel.For(len(in), cellGrain, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			out[i] = entries[uint16(in[i])]
		}
	})
}

// lookUpInPlace replaces x by the outputs of the table of a matrix's product and keeps the
// inputs in *in. Without a table x stays and *in is empty.
func (s *Session) lookUpInPlace(of Kind, in *[]int16, x []int16) {
	resize(in, 0)
	if table := s.model.Config.Architecture().TableOf(of); table != nil {
		*in = append(*in, x...)
		s.lookUp(table, x, *in)
	}
}

// product sets dst, [tokens][Rows], to M x plus the bias.
func (l *Linear) product(dst []int64, x []int16, tokens int) {
	kernel.Mul(dst, l.Matrix, x, tokens)
	if l.Bias == nil {
		return
	}
	for row := range slices.Chunk(dst, len(l.Bias)) {
		for y, b := range l.Bias {
			row[y] += b
		}
	}
}

// wideProduct sets dst, [tokens][Rows], to M h plus the bias.
func (l *Linear) wideProduct(dst []kernel.Int128, h []int64, tokens int) {
	kernel.MulWide(dst, l.Matrix, h, tokens)
	if l.Bias == nil {
		return
	}
	for row := range slices.Chunk(dst, len(l.Bias)) {
		for y, b := range l.Bias {
			row[y] = row[y].Add(kernel.Int128From(b))
		}
	}
}

// residualError reports entry i of a residual, [T][Dim], that leaves 32 bits.
func residualError(tr *BlockTrace, i, dim int, part string) error {
	return fmt.Errorf("%w: layer %d, %s, position %d, channel %d",
		ErrResidual, tr.Layer, part, tr.Start+i/dim, i%dim)
}
