package step

import (
	"fmt"
	"math/big"
	"strings"
)

// Spaces of a block's tensors.
var (
	perToken   = Space{Token}
	perChannel = Space{Token, Width}
	perHidden  = Space{Token, Hidden}
	perHead    = Space{Token, Group, Member}
	perScore   = Space{Token, Group, Member, Position}
	queries    = Space{Token, Group, Member, Pair, Part}
	keys       = Space{Token, Group, Pair, Part}
)

// The residual stream has 32 bits.
var (
	minS32 = new(big.Int).Neg(pow2(31))
	maxS32 = new(big.Int).Sub(pow2(31), one)
)

// liftSuffix ends the names of the record's rescale constants 2^(16 n - k).
const liftSuffix = ".lift"

func isLift(slot string) bool { return strings.HasSuffix(slot, liftSuffix) }

// NewBlock builds the program of a step of s.Blocks transformer blocks.
func NewBlock(s Shape) (*Program, error) {
	b, err := newBuilder(Block, s)
	if err != nil {
		return nil, err
	}
	x := of(b.given("x", Input, minS32, maxS32, perChannel...))
	for i := range s.Blocks {
		b.prefix = fmt.Sprintf("%d.", i)
		x = b.block(x)
	}
	b.prefix = ""
	out := b.given("y", Output, minS32, maxS32, perChannel...)
	b.constrain("y", perChannel, plus1(of(out)), minus1(x))
	return b.finish()
}

// block adds one transformer block that reads the residual stream x and
// returns the stream that leaves it.
func (b *builder) block(x Form) Form {
	o := b.attention(b.norm("attn", x))
	acc := b.contract("o.acc", perChannel, of(o), of(b.weights("O", Width, Group, Member, Pair, Part)))
	mid := b.residual("mid", acc, x, 1)

	n := b.norm("ffn", mid)
	acc = b.contract("gate.acc", perHidden, of(n), of(b.weights("Gate", Hidden, Width)))
	g, s := b.lookup("g", "s", SiluTable, perHidden...)
	b.rescaleSaturated("gate", perHidden, g, 1, []Form{of(acc)})
	u := b.contract("u", perHidden, of(n), of(b.weights("Up", Hidden, Width)))
	acc = b.contract("down.acc", perChannel, of(s), of(u), of(b.weights("Down", Width, Hidden)))
	return b.residual("out", acc, mid, b.shape.DownLimbs)
}

// norm adds v = sum x^2 + epsI, its inverse root, n = R(x inv, 32), and the
// separate gain where the model has one. It returns what the matrices read.
func (b *builder) norm(name string, x Form) TensorID {
	inv := b.inverseRoot(name, x)
	n := b.signed(name+".n", perChannel...)
	r := b.remainder(name+".n", perChannel, 2)
	b.constrain(name+".n", perChannel, plus1(x, inv), minus1(of(n).scaled(pow2(32))), minus1(r))
	if !b.shape.Gains || b.Kind == Head {
		return n
	}
	gained := b.signed(name+".gained", perChannel...)
	gain := b.given(name+".gain", Weights, minS16, maxS16, Width)
	r = b.remainder(name+".gained", perChannel, 1)
	b.constrain(name+".gained", perChannel, // 2 (n gain - 2^15 n') = r
		term(num(big.NewInt(2)), of(n), of(gain)), minus1(of(gained).scaled(pow2(16))), minus1(r))
	return gained
}

// inverseRoot adds inv = floor(sqrt(C/v)) for v = sum x^2 + epsI, pinned by
// C - inv^2 v >= 0 and (inv+1)^2 v - (C+1) >= 0 with both slacks in limbs.
func (b *builder) inverseRoot(name string, x Form) Form {
	live := b.public("live.token", LiveCells, Token)
	square := b.contract(name+".square", perToken, x, x)
	v := of(square).plus(Form{{Coef: b.shared("norm.eps"), Tensor: live}})

	inv := b.limbs(name+".inv", perToken, 3)
	sq := b.free(name+".inv.square", 96, Token)
	b.constrain(name+".inv.square", perToken, plus1(of(sq)), minus1(inv, inv))

	c := b.shared("norm.c")
	b.constrain(name+".inv.below", perToken,
		term(c, of(live)), minus1(of(sq), v), minus1(b.limbs(name+".below", perToken, 6)))
	b.constrain(name+".inv.above", perToken,
		plus1(of(sq).plus(inv.scaled(big.NewInt(2))).plus(of(live)), v),
		term(c.times(big.NewInt(-1)), of(live)), minus1(of(live)),
		minus1(b.limbs(name+".above", perToken, 6)))
	return inv
}

// residual adds acc = 2^k (y - x) + r where y is pinned to 32 bits: without
// that range the quotient would be any field element.
func (b *builder) residual(name string, acc TensorID, x Form, n int) Form {
	lo := b.unsigned(name+".lo", perChannel...)
	hi := b.signed(name+".hi", perChannel...)
	y := limbs(lo, hi)
	b.constrain(name, perChannel, term(b.own(name+liftSuffix), of(acc)),
		minus1(y.minus(x).scaled(pow2(16*n))), minus1(b.remainder(name, perChannel, n)))
	return y
}

// rescaleSaturated adds y = sat(R(acc, k)), acc being a sum of products:
// acc = 2^k (y + over - under) + r, where over is zero unless y = 32767 and under
// unless y = -32768.
func (b *builder) rescaleSaturated(name string, s Space, y TensorID, n int, acc ...[]Form) {
	over, under := b.limbs(name+".over", s, 2), b.limbs(name+".under", s, 2)
	var terms []Term
	for _, product := range acc {
		terms = append(terms, term(b.own(name+liftSuffix), product...))
	}
	terms = append(terms, minus1(of(y).plus(over).minus(under).scaled(pow2(16*n))), minus1(b.remainder(name, s, n)))
	b.constrain(name, s, terms...)
	b.constrain(name+".over", s, term(num(maxS16), over), minus1(over, of(y)))
	b.constrain(name+".under", s, term(num(minS16), under), minus1(under, of(y)))
}

// remainder declares the n cells of a centred remainder: 2^(16 n - k) times it
// is a signed number of 16 n bits.
func (b *builder) remainder(name string, s Space, n int) Form {
	ids := make([]TensorID, n)
	for i := range n - 1 {
		ids[i] = b.unsigned(numbered(name+".r", i), s...)
	}
	ids[n-1] = b.signed(numbered(name+".r", n-1), s...)
	return limbs(ids...)
}

// limbs declares a number of 16 n bits, n unsigned cells.
func (b *builder) limbs(name string, s Space, n int) Form {
	ids := make([]TensorID, n)
	for i := range ids {
		ids[i] = b.unsigned(numbered(name, i), s...)
	}
	return limbs(ids...)
}
