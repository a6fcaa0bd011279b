package llama

import (
	"math/big"

	"fold.example/fold/internal/kernel"
)

// This file implements the integer model a second time, from the formulas of doc.go, in
// big integers, without a cache, cell by cell. A tensor is a list of big integers in the
// order of the trace.

type tensor = []*big.Int

func num(x int64) *big.Int            { return big.NewInt(x) }
func add(a, b *big.Int) *big.Int      { return new(big.Int).Add(a, b) }
func sub(a, b *big.Int) *big.Int      { return new(big.Int).Sub(a, b) }
func times(a, b *big.Int) *big.Int    { return new(big.Int).Mul(a, b) }
func power(k int) *big.Int            { return new(big.Int).Lsh(num(1), uint(k)) }
func floorDiv(a, b *big.Int) *big.Int { return new(big.Int).Div(a, b) } // b > 0

func refRound(a *big.Int, k int) *big.Int { return floorDiv(add(a, power(k-1)), power(k)) }

func clamp(a, lo, hi *big.Int) *big.Int {
	if a.Cmp(lo) < 0 {
		return lo
	}
	if a.Cmp(hi) > 0 {
		return hi
	}
	return a
}

func refSat(a *big.Int) *big.Int { return clamp(a, num(-32768), num(32767)) }

func each(x tensor, f func(*big.Int) *big.Int) tensor {
	y := make(tensor, len(x))
	for i := range x {
		y[i] = f(x[i])
	}
	return y
}

// refMul returns M x for each token of x.
func refMul(m kernel.Matrix, x tensor) (y tensor) {
	rows, cols := m.Dims()
	for t := range len(x) / cols {
		for r := range rows {
			sum := num(0)
			for k := range cols {
				sum = add(sum, times(num(int64(m.At(r, k))), x[t*cols+k]))
			}
			y = append(y, sum)
		}
	}
	return y
}

type refNorm struct{ v, inv, n, gained tensor }

func (r refNorm) out() tensor {
	if r.gained != nil {
		return r.gained
	}
	return r.n
}

func (m *Model) refNorm(x tensor, gain []int16) (r refNorm) {
	d := m.Config.Dim
	c := times(num(int64(d)), power(64+2*m.Scales.Norm))
	c = clamp(c, num(0), times(num(32767*32767), power(64)))
	for t := range len(x) / d {
		v := num(m.Scales.Eps)
		for _, xi := range x[t*d : (t+1)*d] {
			v = add(v, times(xi, xi))
		}
		inv := new(big.Int).Sqrt(floorDiv(c, v))
		r.v, r.inv = append(r.v, v), append(r.inv, inv)
		for i, xi := range x[t*d : (t+1)*d] {
			n := refRound(times(xi, inv), 32)
			r.n = append(r.n, n)
			if gain != nil {
				r.gained = append(r.gained, refRound(times(n, num(int64(gain[i]))), 15))
			}
		}
	}
	return r
}

// refRope rotates the pairs of each head at the position of each token.
func (m *Model) refRope(acc tensor, heads int) tensor {
	hd := m.Config.HeadDim
	y := make(tensor, len(acc))
	for i := 0; i < len(acc); i += 2 {
		at := i/(heads*hd)*(hd/2) + i%hd/2
		cos, sin := num(int64(m.Tables.Cos[at])), num(int64(m.Tables.Sin[at]))
		a, b := acc[i], acc[i+1]
		y[i] = sub(times(a, cos), times(b, sin))
		y[i+1] = add(times(a, sin), times(b, cos))
	}
	return y
}

// refBlock holds the cells of a block for all tokens. The rows of score, d and e have one
// entry for each token.
type refBlock struct {
	attn, ffn                                   refNorm
	qAcc, kAcc, vAcc, qRot, kRot, q, k, v       tensor
	score, max, d, e, sum, inv, n, o, oAcc, mid tensor
	gAcc, g, s, u, h, downAcc, out              tensor
	midLeaves, outLeaves                        bool // the residual leaves 32 bits
}

func (m *Model) refBlock(layer int, x tensor) (r refBlock) {
	l, k, c := &m.Layers[layer], m.Shifts(layer), m.Config
	requantise := func(acc tensor, k int) tensor {
		return each(acc, func(a *big.Int) *big.Int { return refSat(refRound(a, k)) })
	}
	r.attn = m.refNorm(x, l.AttnGain)
	in := r.attn.out()
	r.qAcc, r.kAcc, r.vAcc = refMul(l.Q, in), refMul(l.K, in), refMul(l.V, in)
	r.qRot, r.kRot = m.refRope(r.qAcc, c.Heads), m.refRope(r.kAcc, c.KVHeads)
	r.q, r.k, r.v = requantise(r.qRot, k.Q), requantise(r.kRot, k.K), requantise(r.vAcc, k.V)
	for t := range len(x) / c.Dim {
		for h := range c.Heads {
			m.refAttend(&r, t, h, len(x)/c.Dim, k.Score)
		}
	}
	r.oAcc = refMul(l.O, r.o)
	r.mid, r.midLeaves = refResidual(x, r.oAcc, k.O)

	r.ffn = m.refNorm(r.mid, l.FFNGain)
	in = r.ffn.out()
	r.gAcc, r.u = refMul(l.Gate, in), refMul(l.Up, in)
	r.g = requantise(r.gAcc, k.Gate)
	r.s = each(r.g, func(g *big.Int) *big.Int { return num(int64(m.Tables.Silu[uint16(g.Int64())])) })
	for i := range r.s {
		r.h = append(r.h, times(r.s[i], r.u[i]))
	}
	r.downAcc = refMul(l.Down, r.h)
	r.out, r.outLeaves = refResidual(r.mid, r.downAcc, k.Down)
	return r
}

func (m *Model) refAttend(r *refBlock, t, h, tokens, shift int) {
	c := m.Config
	group := c.Heads / c.KVHeads
	cell := func(x tensor, t, heads, h, i int) *big.Int { return x[(t*heads+h)*c.HeadDim+i] }
	scores, largest := make(tensor, t+1), num(0)
	for j := range scores {
		scores[j] = num(0)
		for i := range c.HeadDim {
			scores[j] = add(scores[j], times(cell(r.q, t, c.Heads, h, i), cell(r.k, j, c.KVHeads, h/group, i)))
		}
		if j == 0 || scores[j].Cmp(largest) > 0 {
			largest = scores[j]
		}
	}
	sum, exps := num(0), make(tensor, t+1)
	for j := range tokens {
		if j > t {
			r.score, r.d, r.e = append(r.score, num(0)), append(r.d, num(0)), append(r.e, num(0))
			continue
		}
		d := clamp(floorDiv(sub(largest, scores[j]), power(shift)), num(0), num(65535))
		exps[j] = num(int64(m.Tables.Exp[d.Int64()]))
		sum = add(sum, exps[j])
		r.score, r.d, r.e = append(r.score, scores[j]), append(r.d, d), append(r.e, exps[j])
	}
	inv := floorDiv(power(m.Scales.Softmax), sum)
	r.max, r.sum, r.inv = append(r.max, largest), append(r.sum, sum), append(r.inv, inv)
	for i := range c.HeadDim {
		n := num(0)
		for j := range exps {
			n = add(n, times(exps[j], cell(r.v, j, c.KVHeads, h/group, i)))
		}
		r.n = append(r.n, n)
		r.o = append(r.o, refRound(times(n, inv), m.Scales.Softmax))
	}
}

func refResidual(x, acc tensor, k int) (y tensor, leaves bool) {
	for i := range x {
		v := add(x[i], refRound(acc[i], k))
		leaves = leaves || v.Cmp(power(31)) >= 0 || v.Cmp(new(big.Int).Neg(power(31))) < 0
		y = append(y, v)
	}
	return y, leaves
}

func (m *Model) refEmbed(tokens []int) (x tensor) {
	for _, id := range tokens {
		for _, e := range m.Embedding[id*m.Config.Dim : (id+1)*m.Config.Dim] {
			x = append(x, num(int64(e)))
		}
	}
	return x
}
