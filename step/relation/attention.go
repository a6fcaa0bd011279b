package relation

import (
	"math/big"

	"fold.example/fold/llama"
)

// attention adds everything between the norm and the output projection: RoPE,
// scores, causal softmax and the weighted values. It returns o.
func (b *Builder) attention(n TensorID) TensorID {
	cos, sin := b.angles("cos"), b.angles("sin")
	q := b.rotated("q", llama.Q, queries, n, cos, sin)
	k := b.rotated("k", llama.K, keys, n, cos, sin)
	values := b.product("v.acc", llama.V, keys, Of(n))
	v := b.rescaleSaturated(&values, "v.in", "v", b.whereLive(&values)...)

	keyCache, valueCache := b.cache("cache.k", k), b.cache("cache.v", v)
	scores := b.Contract("score", PerScore, Of(q), Of(keyCache))
	e := b.exponentials(scores)
	return b.weighted(e, valueCache)
}

// angles declares the cosines or sines at the positions of the pass's tokens. The model's
// table has one row for each position of the context.
func (b *Builder) angles(name string) TensorID {
	return b.once(Tensor{Name: name, Space: Space{Token, Pair}, Oracle: Weights, Lo: minS16, Hi: maxS16})
}

// rotated adds a projection, rotated by RoPE and rescaled with saturation:
// (a, b) becomes (a cos - b sin, a sin + b cos). A bias needs no mask, as the angles of dead
// tokens read as zero.
func (b *Builder) rotated(name string, k llama.Kind, s Space, n, cos, sin TensorID) TensorID {
	p := b.product(name+".acc", k, s, Of(n))
	return b.rescaleSaturated(&p, name+".in", name, []Form{p.sum(), Of(cos)}, []Form{p.sum().rotated(), Of(sin)})
}

// cache declares this block's part of the cache after the pass and adds the CacheWrite of
// local, this pass's keys or values.
func (b *Builder) cache(name string, local TensorID) TensorID {
	id := b.given(name, Cache, minS16, maxS16, Position, Group, Pair, Part)
	b.CacheWrites = append(b.CacheWrites, CacheWrite{Local: local, Cache: id})
	return id
}

// exponentials adds e = EXP[min(65535, floor((max - score)/2^sh))] under the causal mask. The
// table is stored in reverse, at index 65535 - D, so that the zero cell is row 0 of the table.
func (b *Builder) exponentials(scores TensorID) TensorID {
	mask := Of(b.public("causal", Causal, PerScore...))
	live := Of(b.public("live.head", LiveCells, PerHead...))

	largest := b.Free("max", 48, PerHead...)
	at := b.Free("max.at", 0, PerScore...)
	margin := Of(largest).minus(Of(scores))
	b.Constrain("max.at.masked", PerScore, Plus1(Of(at)), minus1(Of(at), mask))
	b.Constrain("max.reached", PerScore, Plus1(Of(at), margin))
	count := b.Contract("max.count", PerHead, Of(at))
	b.Constrain("max.count", PerHead, Plus1(Of(count)), minus1(live))

	index, e := b.lookup("e.index", "e", b.TableOf("exp"), PerScore...)
	over := b.limbs("e.over", PerScore, 2)
	r := b.unsigned("e.r", PerScore...)
	distance := over.minus(Of(index)) // D + over - 65535
	lift := b.own(b.arch.RescaleOf(0).Constant + liftSuffix)
	b.Constrain("e.index", PerScore, term(lift, mask, margin),
		term(num(new(big.Int).Neg(Pow2(16))), mask, distance),
		term(num(Mul(Pow2(16), big.NewInt(-65535))), mask), minus1(Of(r)))
	b.Constrain("e.over", PerScore, Plus1(Of(index), over))
	b.Constrain("e.masked", PerScore, Plus1(Of(e)), minus1(Of(e), mask))
	return e
}

// weighted adds S = sum e, inv = floor(2^K/S), pinned by two inequalities, and o = R((sum e v)
// inv, K).
func (b *Builder) weighted(e, values TensorID) TensorID {
	live := Of(b.public("live.head", LiveCells, PerHead...))
	k := b.shape.Softmax
	sum := Of(b.Contract("e.sum", PerHead, Of(e)))
	inv := b.limbs("e.inv", PerHead, k/16)
	b.Constrain("e.inv.below", PerHead, // 2^K - inv S >= 0
		term(num(Pow2(k)), live), minus1(inv, sum), minus1(b.limbs("e.below", PerHead, 2)))
	b.Constrain("e.inv.above", PerHead, // (inv + 1) S - (2^K + 1) >= 0
		Plus1(inv, sum), Plus1(sum), term(num(new(big.Int).Neg(Pow2(k))), live), minus1(live),
		minus1(b.limbs("e.above", PerHead, 2)))

	acc := b.Contract("o.sum", queries, Of(e), Of(values))
	o := b.signed("o", queries...)
	b.Constrain("o", queries, Plus1(Of(acc), inv),
		minus1(Of(o).Scaled(Pow2(k))), minus1(b.remainder("o", queries, k/16)))
	return o
}
