package relation

import (
	"fmt"
	"slices"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/llama"
)

// BlockWitness lays the traces of a step's blocks out as the program's tensors.
// The cache of session s must hold the pass. An invalid geometry, and traces that do not
// match the shape or the geometry, are errors.
func BlockWitness(p *Program, shape Shape, s *llama.Session, g Geometry, traces []*llama.BlockTrace) (*Witness, error) {
	if err := g.Validate(shape); err != nil {
		return nil, err
	}
	if len(traces) != shape.Blocks {
		return nil, fmt.Errorf("relation: %d traces for a step of %d blocks", len(traces), shape.Blocks)
	}
	f := newFiller(p, g)
	f.stream("x", traces[0].In)
	for i, tr := range traces {
		if tr.Start != g.Start || tr.Tokens != 1<<g.Bits {
			return nil, fmt.Errorf("relation: trace of %d tokens at %d for a pass of %d at %d",
				tr.Tokens, tr.Start, 1<<g.Bits, g.Start)
		}
		f.prefix = fmt.Sprintf("%d.", i)
		f.block(s, tr)
	}
	f.prefix = ""
	f.stream("y", traces[len(traces)-1].Out)
	return f.Finish()
}

func (f *Filler) block(s *llama.Session, tr *llama.BlockTrace) {
	m, k := s.Model(), s.Model().Shifts(tr.Layer)
	layer := &m.Layers[tr.Layer]
	f.norm("attn", m, &tr.Attn, tr.In, layer.AttnGain)

	f.product("q.acc", tr.QAcc, &layer.Q)
	f.rescaled("q", tr.QRot, f.lookedUp("q.in", "q", tr.QIn, tr.Q), k.Q, 2)
	f.product("k.acc", tr.KAcc, &layer.K)
	f.rescaled("k", tr.KRot, f.lookedUp("k.in", "k", tr.KIn, tr.K), k.K, 2)
	f.product("v.acc", tr.VAcc, &layer.V)
	f.rescaled("v", tr.VAcc, f.lookedUp("v.in", "v", tr.VIn, tr.V), k.V, 1)
	keys, values := s.Cache(tr.Layer)
	n := tr.Positions * m.Config.KVDim()
	f.signed("cache.k", keys[:n])
	f.signed("cache.v", values[:n])

	f.softmax(m, tr, k.Score)
	f.product("o.acc", tr.OAcc, &layer.O)
	f.residual("mid", func(i int) int64 { return tr.OAcc[i] }, tr.In, tr.Mid, k.O, 1)

	f.norm("ffn", m, &tr.FFN, tr.Mid, layer.FFNGain)
	f.product("gate.acc", tr.GAcc, &layer.Gate)
	f.rescaled("gate", tr.GAcc, f.lookedUp("g", "s", tr.G, tr.S), k.Gate, 1)
	f.product("u", tr.U, &layer.Up)
	f.wideProduct("down.acc", tr.DownAcc, &layer.Down)
	n = 2
	if f.has("out.r.2") {
		n = 3
	}
	f.residual("out", func(i int) int64 { return int64(tr.DownAcc[i].Lo) }, tr.Mid, tr.Out, k.Down, n)
}

// product fills M x, given M x + b.
func (f *Filler) product(name string, sum []int64, l *llama.Linear) {
	if l.Bias != nil {
		sum = slices.Clone(sum)
		for i := range sum {
			sum[i] -= l.Bias[i%len(l.Bias)]
		}
	}
	f.ints(name, sum)
}

func (f *Filler) wideProduct(name string, sum []kernel.Int128, l *llama.Linear) {
	if l.Bias != nil {
		sum = slices.Clone(sum)
		for i := range sum {
			sum[i] = sum[i].Add(kernel.Int128From(-l.Bias[i%len(l.Bias)]))
		}
	}
	f.wide(name, sum)
}

// lookedUp fills the outputs of a table and its inputs, named in, and returns the inputs. If
// the program has no such table, the inputs are equal to the outputs.
func (f *Filler) lookedUp(in, out string, inputs, outputs []int16) []int16 {
	f.signed(out, outputs)
	if !f.has(in) {
		return outputs
	}
	f.signed(in, inputs)
	return inputs
}

func (f *Filler) has(name string) bool {
	_, ok := f.names[f.prefix+name]
	return ok
}

// softmax fills the tensors from the scores to o.
func (f *Filler) softmax(m *llama.Model, tr *llama.BlockTrace, sh int) {
	n := len(tr.Score)
	index, r := make([]uint16, n), make([]uint16, n)
	over := make([]uint64, n)
	at := make([]int64, n)
	for row, largest := range tr.Max {
		token := row / m.Config.Heads
		reached := false
		for p := range tr.Start + token + 1 {
			i := row*tr.Positions + p
			margin := largest - tr.Score[i]
			index[i] = 65535 - tr.D[i]
			over[i] = uint64(margin>>sh) - uint64(tr.D[i])
			r[i] = uint16((margin & (1<<sh - 1)) << (16 - sh))
			if margin == 0 && !reached {
				at[i], reached = 1, true
			}
		}
	}
	f.ints("score", unmasked(m.Config, tr))
	f.ints("max", tr.Max)
	f.ints("max.at", at)
	f.ints("max.count", ones(len(tr.Max)))
	f.unsigned("e.index", index)
	f.unsigned("e.r", r)
	f.limbs("e.over", over, 2)
	f.signed("e", tr.E)
	f.inverse(m.Scales.Softmax, tr)

	k, hd := m.Scales.Softmax, m.Config.HeadDim
	rest := make([]int64, len(tr.O))
	for i := range rest { // modulo 2^64
		rest[i] = tr.N[i]*tr.Inv[i/hd] - int64(tr.O[i])<<k
	}
	f.ints("o.sum", tr.N)
	f.signed("o", tr.O)
	f.remainder("o", rest, k/16)
}

// unmasked returns the scores of all positions of the pass. The mask hides later positions
// from the softmax, and the contraction includes them.
func unmasked(c llama.Config, tr *llama.BlockTrace) []int64 {
	scores := slices.Clone(tr.Score)
	for row := range tr.Max {
		token, head := row/c.Heads, row%c.Heads
		q := tr.Q[row*c.HeadDim:][:c.HeadDim]
		for later := token + 1; later < tr.Tokens; later++ {
			k := tr.K[later*c.KVDim()+head/c.Group()*c.HeadDim:][:c.HeadDim]
			sum := int64(0)
			for i := range q {
				sum += int64(q[i]) * int64(k[i])
			}
			scores[row*tr.Positions+tr.Start+later] = sum
		}
	}
	return scores
}

// inverse fills the softmax's sums and their pinned inverses.
func (f *Filler) inverse(k int, tr *llama.BlockTrace) {
	n := len(tr.Sum)
	inv, below, above := make([]uint64, n), make([]uint64, n), make([]uint64, n)
	for i, s := range tr.Sum {
		inv[i] = uint64(tr.Inv[i])
		below[i] = 1<<k - inv[i]*uint64(s)
		above[i] = (inv[i]+1)*uint64(s) - 1<<k - 1
	}
	f.ints("e.sum", tr.Sum)
	f.limbs("e.inv", inv, k/16)
	f.limbs("e.below", below, 2)
	f.limbs("e.above", above, 2)
}

func ones(n int) []int64 {
	v := make([]int64, n)
	for i := range v {
		v[i] = 1
	}
	return v
}

// EmbedWitness lays out the residual stream x, [T][Dim], that a pass starts with.
func EmbedWitness(p *Program, shape Shape, g Geometry, x []int32) (*Witness, error) {
	if err := g.Validate(shape); err != nil {
		return nil, err
	}
	f := newFiller(p, g)
	f.stream("x", x)
	f.stream("y", x)
	return f.Finish()
}

// HeadWitness lays out the trace of a head as the program's tensors. A token of the geometry
// that is not the model's choice is an error.
func HeadWitness(p *Program, shape Shape, m *llama.Model, g Geometry, tr *llama.HeadTrace) (*Witness, error) {
	if err := g.Validate(shape); err != nil {
		return nil, err
	}
	f := newFiller(p, g)
	f.stream("x", tr.In)
	f.norm("final", m, &tr.Norm, tr.In, nil)
	f.ints("logit", tr.Logits)
	vocab := m.Config.Vocab
	chosen := make([]int64, tr.Tokens)
	lead := make([]uint64, len(tr.Logits))
	for t := range chosen {
		if g.Start+t < g.Prompt-1 {
			continue
		}
		next := g.TokenAfter(t)
		chosen[t] = tr.Logits[t*vocab+next]
		for v := range vocab {
			d := chosen[t] - tr.Logits[t*vocab+v]
			if v < next {
				d--
			}
			if d < 0 || d >= 1<<48 {
				return nil, fmt.Errorf("relation: token %d at position %d is not the model's choice: token %d leads",
					next, g.Start+t+1, v)
			}
			lead[t*vocab+v] = uint64(d)
		}
	}
	f.ints("chosen", chosen)
	f.limbs("lead", lead, 3)
	return f.Finish()
}
