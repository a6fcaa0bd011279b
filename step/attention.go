package step

import "math/big"

// attention adds everything between the norm and the output projection: RoPE,
// scores, causal softmax and the weighted values. It returns o.
func (b *builder) attention(n TensorID) TensorID {
	cos, sin := b.angles("cos"), b.angles("sin")
	q := b.rotated("q", queries, n, b.weights("Q", Group, Member, Pair, Part, Width), cos, sin)
	k := b.rotated("k", keys, n, b.weights("K", Group, Pair, Part, Width), cos, sin)

	acc := b.contract("v.acc", keys, of(n), of(b.weights("V", Group, Pair, Part, Width)))
	v := b.signed("v", keys...)
	b.rescaleSaturated("v", keys, v, 1, []Form{of(acc)})

	keyCache, valueCache := b.cache("cache.k", k), b.cache("cache.v", v)
	scores := b.contract("score", perScore, of(q), of(keyCache))
	e := b.exponentials(scores)
	return b.weighted(e, valueCache)
}

// angles declares the cosines or sines of the pass's positions: a table of the
// model over positions, read at the tokens'.
func (b *builder) angles(name string) TensorID {
	return b.once(Tensor{Name: name, Space: Space{Token, Pair}, Home: Weights, Lo: minS16, Hi: maxS16})
}

// rotated adds a projection turned by RoPE and rescaled with saturation:
// (a, b) becomes (a cos - b sin, a sin + b cos).
func (b *builder) rotated(name string, s Space, n, matrix, cos, sin TensorID) TensorID {
	acc := b.contract(name+".acc", s, of(n), of(matrix))
	y := b.signed(name, s...)
	b.rescaleSaturated(name, s, y, 2, []Form{of(acc), of(cos)}, []Form{turned(acc), of(sin)})
	return y
}

// cache declares this block's part of the cache after the pass and records
// that local, this pass's keys or values, stands in the pass's window.
func (b *builder) cache(name string, local TensorID) TensorID {
	id := b.given(name, Cache, minS16, maxS16, Position, Group, Pair, Part)
	b.Windows = append(b.Windows, Window{Local: local, Cache: id})
	return id
}

// exponentials adds e = EXP[min(65535, floor((max - score)/2^sh))] under the
// causal mask. The table is stored from its end, at E = 65535 - D, so that the
// zero cell is a true row.
func (b *builder) exponentials(scores TensorID) TensorID {
	mask := of(b.public("causal", Causal, perScore...))
	live := of(b.public("live.head", LiveCells, perHead...))

	largest := b.free("max", 48, perHead...)
	at := b.free("max.at", 0, perScore...)
	margin := of(largest).minus(of(scores))
	b.constrain("max.at.masked", perScore, plus1(of(at)), minus1(of(at), mask))
	b.constrain("max.reached", perScore, plus1(of(at), margin))
	count := b.contract("max.count", perHead, of(at))
	b.constrain("max.count", perHead, plus1(of(count)), minus1(live))

	index, e := b.lookup("e.index", "e", ExpTable, perScore...)
	over := b.limbs("e.over", perScore, 2)
	r := b.unsigned("e.r", perScore...)
	distance := over.minus(of(index)) // D + over - 65535
	b.constrain("e.index", perScore,
		term(b.own("score"+liftSuffix), mask, margin),
		term(num(new(big.Int).Neg(pow2(16))), mask, distance),
		term(num(mul(pow2(16), big.NewInt(-65535))), mask), minus1(of(r)))
	b.constrain("e.over", perScore, plus1(of(index), over))
	b.constrain("e.masked", perScore, plus1(of(e)), minus1(of(e), mask))
	return e
}

// weighted adds S = sum e, inv = floor(2^K/S) pinned from both sides, and
// o = R((sum e v) inv, K).
func (b *builder) weighted(e, values TensorID) TensorID {
	live := of(b.public("live.head", LiveCells, perHead...))
	k := b.shape.Softmax
	sum := of(b.contract("e.sum", perHead, of(e)))
	inv := b.limbs("e.inv", perHead, k/16)
	b.constrain("e.inv.below", perHead, // 2^K - inv S >= 0
		term(num(pow2(k)), live), minus1(inv, sum), minus1(b.limbs("e.below", perHead, 2)))
	b.constrain("e.inv.above", perHead, // (inv + 1) S - (2^K + 1) >= 0
		plus1(inv, sum), plus1(sum), term(num(new(big.Int).Neg(pow2(k))), live), minus1(live),
		minus1(b.limbs("e.above", perHead, 2)))

	acc := b.contract("o.sum", queries, of(e), of(values))
	o := b.signed("o", queries...)
	b.constrain("o", queries, plus1(of(acc), inv),
		minus1(of(o).scaled(pow2(k))), minus1(b.remainder("o", queries, k/16)))
	return o
}
