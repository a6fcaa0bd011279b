package relation

import (
	"fmt"
	"math/big"

	"fold.example/fold/llama"
)

// PerToken, PerChannel, PerHead, PerScore and the other spaces of a block's tensors.
var (
	PerToken   = Space{Token}
	PerChannel = Space{Token, Width}
	perHidden  = Space{Token, Hidden}
	PerHead    = Space{Token, Group, Member}
	PerScore   = Space{Token, Group, Member, Position}
	queries    = Space{Token, Group, Member, Pair, Part}
	keys       = Space{Token, Group, Pair, Part}
)

// The residual stream has 32 bits.
var (
	minS32 = new(big.Int).Neg(Pow2(31))
	maxS32 = new(big.Int).Sub(Pow2(31), One)
)

// liftSuffix is the suffix of the slots of LayerConstants that hold a rescale constant
// 2^(16 n - k).
const liftSuffix = ".lift"

// NewBlock builds the program of a step of s.Blocks transformer blocks. The error is the error
// of Shape.Validate or Program.CheckBounds.
func NewBlock(s Shape) (*Program, error) {
	b, err := NewBuilder(Block, s)
	if err != nil {
		return nil, err
	}
	x := Of(b.given("x", Input, minS32, maxS32, PerChannel...))
	for i := range s.Blocks {
		b.prefix = fmt.Sprintf("%d.", i)
		x = b.block(x)
	}
	b.prefix = ""
	out := b.given("y", Output, minS32, maxS32, PerChannel...)
	b.Constrain("y", PerChannel, Plus1(Of(out)), minus1(x))
	return b.Finish()
}

// block adds one transformer block that reads the residual stream x, and returns the stream
// after the block.
func (b *Builder) block(x Form) Form {
	o := b.attention(b.norm("attn", llama.AttnNorm, x))
	mid := b.residual(b.product("o.acc", llama.O, PerChannel, Of(o)), x)

	n := b.norm("ffn", llama.FFNNorm, mid)
	gate := b.product("gate.acc", llama.Gate, perHidden, Of(n))
	s := b.rescaleSaturated(&gate, "g", "s", b.whereLive(&gate)...)
	u := b.product("u", llama.Up, perHidden, Of(n)) // its bias needs no mask: s of a dead token is zero
	return b.residual(b.product("down.acc", llama.Down, PerChannel, Of(s), u.sum()), mid)
}

// product is M x, or M x + b, as exact integers.
type product struct {
	of    llama.Kind // M
	space Space
	acc   Form // M x
	bias  Form // b, without a token axis; nil for none
}

// product adds the product of a matrix with the other factors. The contraction has the given
// name and is M x without the bias.
func (b *Builder) product(name string, k llama.Kind, s Space, x ...Form) product {
	m := b.matrix(k)
	acc := b.Contract(name, s, append(x, Of(m))...)
	return product{k, s, Of(acc), b.bias(k)}
}

// sum returns M x + b. In the cells of a dead token it is b, and every reader multiplies it
// there by zero.
func (p *product) sum() Form { return p.acc.plus(p.bias) }

// whereLive returns the terms of M x + b with b masked, so that dead tokens are zero.
func (b *Builder) whereLive(p *product) [][]Form {
	if p.bias == nil {
		return [][]Form{{p.acc}}
	}
	return [][]Form{{p.acc}, {Of(b.public("live.token", LiveCells, Token)), p.bias}}
}

// norm adds v = sum x^2 + epsI, its inverse root, n = R(x inv, 32), and the
// separate gain where the model has one. norm returns the input of the matrices.
func (b *Builder) norm(name string, k llama.Kind, x Form) TensorID {
	inv := b.inverseRoot(name, x)
	n := b.signed(name+".n", PerChannel...)
	r := b.remainder(name+".n", PerChannel, 2)
	b.Constrain(name+".n", PerChannel, Plus1(x, inv), minus1(Of(n).Scaled(Pow2(32))), minus1(r))
	w := b.arch.Weight(k)
	if !b.shape.Gains || w.Gain == nil {
		return n
	}
	gained := b.signed(name+".gained", PerChannel...)
	gain := b.given(w.Symbol, Weights, minS16, maxS16, Width)
	r = b.remainder(name+".gained", PerChannel, 1)
	b.Constrain(name+".gained", PerChannel, // 2 (n gain - 2^15 n') = r
		term(num(big.NewInt(2)), Of(n), Of(gain)), minus1(Of(gained).Scaled(Pow2(16))), minus1(r))
	return gained
}

// inverseRoot adds inv = floor(sqrt(C/v)) for v = sum x^2 + epsI, pinned by
// C - inv^2 v >= 0 and (inv+1)^2 v - (C+1) >= 0 with both slacks in limbs.
func (b *Builder) inverseRoot(name string, x Form) Form {
	live := b.public("live.token", LiveCells, Token)
	square := b.Contract(name+".square", PerToken, x, x)
	v := Of(square).plus(Of(live).Scaled(big.NewInt(b.shape.Eps)))

	inv := b.limbs(name+".inv", PerToken, 3)
	sq := b.Free(name+".inv.square", 96, Token)
	b.Constrain(name+".inv.square", PerToken, Plus1(Of(sq)), minus1(inv, inv))

	c := num(NormConstant(b.shape.Config.Dim, b.shape.Norm))
	b.Constrain(name+".inv.below", PerToken,
		term(c, Of(live)), minus1(Of(sq), v), minus1(b.limbs(name+".below", PerToken, 6)))
	b.Constrain(name+".inv.above", PerToken,
		Plus1(Of(sq).plus(inv.Scaled(big.NewInt(2))).plus(Of(live)), v),
		term(c.times(big.NewInt(-1)), Of(live)), minus1(Of(live)),
		minus1(b.limbs(name+".above", PerToken, 6)))
	return inv
}

// residual adds M x + b = 2^k (y - x) + r, where y is pinned to 32 bits: without that range
// the quotient would be any field element.
func (b *Builder) residual(p product, x Form) Form {
	r := b.arch.RescaleOf(p.of)
	name, n := r.Constant, b.shape.remainderCells(r)
	lo := b.unsigned(name+".lo", PerChannel...)
	hi := b.signed(name+".hi", PerChannel...)
	y := limbs(lo, hi)
	b.Constrain(name, PerChannel, append(b.lifted(name, b.whereLive(&p)),
		minus1(y.minus(x).Scaled(Pow2(16*n))), minus1(b.remainder(name, PerChannel, n)))...)
	return y
}

// lifted returns the terms times the rescale constant of the given name.
func (b *Builder) lifted(name string, products [][]Form) (terms []Term) {
	for _, factors := range products {
		terms = append(terms, term(b.own(name+liftSuffix), factors...))
	}
	return terms
}

// rescaleSaturated adds y = sat(R(a, k)), where a is the sum of the given products of p: a =
// 2^k (y + over - under) + r, where over is zero unless y = 32767 and under is zero unless y =
// -32768. If the architecture has a table for the matrix, y is named in, and rescaleSaturated
// returns the table's output, named out. Otherwise it returns y, named out.
func (b *Builder) rescaleSaturated(p *product, in, out string, a ...[]Form) TensorID {
	r, s := b.arch.RescaleOf(p.of), p.space
	name, n := r.Constant, b.shape.remainderCells(r)
	var y, result TensorID
	if t := b.arch.TableOf(p.of); t != nil {
		y, result = b.lookup(in, out, b.TableOf(t.Symbol), s...)
	} else {
		y = b.signed(out, s...)
		result = y
	}
	over, under := b.limbs(name+".over", s, 2), b.limbs(name+".under", s, 2)
	b.Constrain(name, s, append(b.lifted(name, a),
		minus1(Of(y).plus(over).minus(under).Scaled(Pow2(16*n))), minus1(b.remainder(name, s, n)))...)
	b.Constrain(name+".over", s, term(num(maxS16), over), minus1(over, Of(y)))
	b.Constrain(name+".under", s, term(num(minS16), under), minus1(under, Of(y)))
	return result
}

// remainder declares the n cells of a centred remainder r: 2^(16 n - k) r is a signed number
// of 16 n bits.
func (b *Builder) remainder(name string, s Space, n int) Form {
	ids := make([]TensorID, n)
	for i := range n - 1 {
		ids[i] = b.unsigned(Numbered(name+".r", i), s...)
	}
	ids[n-1] = b.signed(Numbered(name+".r", n-1), s...)
	return limbs(ids...)
}

// limbs declares a number of 16 n bits, n unsigned cells.
func (b *Builder) limbs(name string, s Space, n int) Form {
	ids := make([]TensorID, n)
	for i := range ids {
		ids[i] = b.unsigned(Numbered(name, i), s...)
	}
	return limbs(ids...)
}
