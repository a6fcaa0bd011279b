package argument

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/bitlen"
	"fold.example/fold/internal/poly"
	"fold.example/fold/step/relation"
)

// Pass is a relation.Geometry of a pass of 2^j tokens as a verifier reads it: elements that are 0 or 1.
// The bits of a number are in the order from the lowest to the highest.
type Pass[E any] struct {
	Below  []E   // [TokenBits], Below[b] = 1 if b < j
	Start  []E   // [PositionBits], the first position
	Live   []E   // [2^TokenBits], 1 for a token of the pass
	Picks  []E   // [2^TokenBits], 1 where a token of the pass is followed by a choice
	Tokens [][]E // [2^TokenBits][vocabulary bits], the tokens; zero where there is none
	Nexts  [][]E // [2^TokenBits][vocabulary bits], those that follow them
}

// NewPass returns the Pass of a geometry over field elements, or the error of Geometry.Validate.
func NewPass(shape relation.Shape, g relation.Geometry) (*Pass[fr.Element], error) {
	if err := g.Validate(shape); err != nil {
		return nil, err
	}
	return LayPass(shape, g), nil
}

// LayPass returns the Pass of a geometry that the caller has validated, with the lengths of shape.
func LayPass(shape relation.Shape, g relation.Geometry) *Pass[fr.Element] {
	vocab := bitlen.Ceil(shape.Config.Vocab)
	p := &Pass[fr.Element]{Start: Bits(g.Start, shape.PositionBits)}
	for b := range shape.TokenBits {
		p.Below = append(p.Below, Flag(b < g.Bits))
	}
	for t := range 1 << shape.TokenBits {
		live := t < 1<<g.Bits
		token, next := 0, g.Next // behind the pass nothing is chosen, whatever follows
		if live {
			token, next = g.Tokens[t], g.TokenAfter(t)
		}
		p.Live = append(p.Live, Flag(live))
		p.Picks = append(p.Picks, Flag(live && g.Start+t >= g.Prompt-1))
		p.Tokens = append(p.Tokens, Bits(token, vocab))
		p.Nexts = append(p.Nexts, Bits(next, vocab))
	}
	return p
}

// Within returns the pass with the lengths of a smaller size class s. The pass must have at most
// 2^s.TokenBits tokens. The result shares its elements with p.
func (p *Pass[E]) Within(s relation.Shape) Pass[E] {
	n := 1 << s.TokenBits
	return Pass[E]{p.Below[:s.TokenBits], p.Start, p.Live[:n], p.Picks[:n], p.Tokens[:n], p.Nexts[:n]}
}

// Flag returns 1 for true and 0 for false.
func Flag(b bool) (e fr.Element) {
	if b {
		e.SetOne()
	}
	return e
}

// Bits returns the n lowest bits of x, lowest first.
func Bits(x, n int) []fr.Element {
	v := make([]fr.Element, n)
	for i := range v {
		v[i] = Flag(x>>i&1 == 1)
	}
	return v
}

// formulas evaluates the public tensors of a program at points of the cube's
// extension.
type formulas[E any] struct {
	ar   arith.Arithmetic[E]
	e    *relation.Extents
	pass *Pass[E]
}

// at evaluates formula f on space s at a point, axis by axis.
func (f *formulas[E]) at(formula relation.Formula, s relation.Space, point *[relation.NumAxes][]E) E {
	switch formula {
	case relation.LiveCells:
		return f.live(s, point)
	case relation.Causal:
		live := f.live(s, point)
		return f.ar.Mul(live, poly.LessEqual(f.ar, point[relation.Position], f.positions(point[relation.Token])))
	case relation.OneHotIn:
		return f.overTokens(f.pass.Live, f.pass.Tokens, point, poly.Eq[E])
	case relation.Chooses:
		return f.ar.Mul(f.live(relation.Space{relation.Vocab}, point), f.overTokens(f.pass.Picks, nil, point, nil))
	case relation.BeforeNext:
		return f.overTokens(f.pass.Picks, f.pass.Nexts, point, poly.Less[E])
	case relation.OneHot:
		return f.overTokens(f.pass.Picks, f.pass.Nexts, point, poly.Eq[E])
	case relation.RowFirst:
		return poly.EqBits(f.ar, 0, point[relation.Row])
	}
	return f.row(point[relation.Row], formula == relation.RowSigned)
}

// live returns the product of one prefix mask per axis. The position axis has no prefix mask because
// the causal mask bounds it.
func (f *formulas[E]) live(s relation.Space, point *[relation.NumAxes][]E) E {
	v := f.ar.Const(fr.One())
	for _, a := range s {
		switch a {
		case relation.Token:
			v = f.ar.Mul(v, f.liveTokens(point[relation.Token]))
		case relation.Position:
		default:
			v = f.ar.Mul(v, poly.Live(f.ar, uint64(f.e[a].Live), point[a]))
		}
	}
	return v
}

// liveTokens returns the mask of the pass's 2^j tokens at r: 1 if every bit of the token from j on is
// zero.
func (f *formulas[E]) liveTokens(r []E) E {
	one := f.ar.Const(fr.One())
	v := one
	for i, x := range r {
		below := f.pass.Below[len(r)-1-i]
		v = f.ar.Mul(v, f.ar.Sub(one, f.ar.Mul(f.ar.Sub(one, below), x)))
	}
	return v
}

// positions returns the absolute position of a token as a point. The pass is aligned, so the bits of
// the position are the token's bits below j and the start's bits from j on.
func (f *formulas[E]) positions(token []E) []E {
	p := make([]E, len(f.pass.Start))
	for b := range p {
		v := f.pass.Start[b]
		if b < len(token) {
			v = f.ar.Select(f.pass.Below[b], token[len(token)-1-b], v)
		}
		p[len(p)-1-b] = v
	}
	return p
}

// window splits a random position into the pass's window: the token's
// coordinates, those of the bits below j and zero above, and the weight of the
// window, eq of the bits from j on with the start's.
func (f *formulas[E]) window(position []E, tokenBits int) (token []E, inside E) {
	one, zero := f.ar.Const(fr.One()), f.ar.Const(fr.Element{})
	token, inside = make([]E, tokenBits), one
	for b := range position {
		x, s := position[len(position)-1-b], f.pass.Start[b]
		eq := poly.Eq(f.ar, []E{x}, []E{s})
		if b < tokenBits {
			token[tokenBits-1-b] = f.ar.Select(f.pass.Below[b], x, zero)
			eq = f.ar.Select(f.pass.Below[b], one, eq)
		}
		inside = f.ar.Mul(inside, eq)
	}
	return token, inside
}

// overTokens returns sum_t eq(t, r_token) flag_t rel(r_vocab, id_t), or sum_t eq(t, r_token) flag_t if
// rel is nil.
func (f *formulas[E]) overTokens(
	flags []E, ids [][]E, point *[relation.NumAxes][]E, rel func(arith.Arithmetic[E], []E, []E) E,
) E {
	sum := f.ar.Const(fr.Element{})
	for t, eq := range f.eqTokens(point[relation.Token]) {
		v := f.ar.Mul(flags[t], eq)
		if rel != nil {
			v = f.ar.Mul(v, rel(f.ar, point[relation.Vocab], reversed(ids[t])))
		}
		sum = f.ar.Add(sum, v)
	}
	return sum
}

// eqTokens returns eq(t, r) for all tokens t of the shape.
func (f *formulas[E]) eqTokens(r []E) []E {
	eqs := []E{f.ar.Const(fr.One())}
	for _, x := range r {
		next := make([]E, 0, 2*len(eqs))
		for _, v := range eqs {
			one := f.ar.Mul(v, x)
			next = append(next, f.ar.Sub(v, one), one)
		}
		eqs = next
	}
	return eqs
}

func reversed[E any](v []E) []E {
	r := make([]E, len(v))
	for i, x := range v {
		r[len(v)-1-i] = x
	}
	return r
}

// row returns the index of a row as an integer of 16 bits, signed or unsigned.
func (f *formulas[E]) row(r []E, signed bool) E {
	v := f.ar.Const(fr.Element{})
	for i, x := range r {
		c := fr.NewElement(1 << (len(r) - 1 - i))
		if i == 0 && signed {
			c.Neg(&c)
		}
		v = f.ar.Add(v, f.ar.Mul(f.ar.Const(c), x))
	}
	return v
}
