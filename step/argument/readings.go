package argument

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/poly"
	"fold.example/fold/step/relation"
)

// sumOf is sum_c lambda^weight terms.
func (b *variantVerifier[E]) sumOf(rs []resolved, lambda []E) E {
	sum := b.ar.Const(fr.Element{})
	for _, r := range rs {
		inner := b.ar.Const(fr.Element{})
		for _, t := range r.terms {
			inner = b.ar.Add(inner, b.ar.Mul(b.coef(t.coef), b.product(t.factors)))
		}
		sum = b.ar.Add(sum, b.ar.Mul(lambda[r.weight], inner))
	}
	return sum
}

func (b *variantVerifier[E]) coef(c relation.Coef) E {
	var k fr.Element
	k.SetBigInt(c.Int)
	if c.Slot < 0 {
		return b.ar.Const(k)
	}
	return b.ar.Mul(b.ar.Const(k), b.consts[c.Slot])
}

func (b *variantVerifier[E]) product(factors [][]reading) E {
	p := b.ar.Const(fr.One())
	for _, f := range factors {
		sum := b.ar.Const(fr.Element{})
		for _, r := range f {
			sum = b.ar.Add(sum, b.ar.Mul(b.coef(r.coef), b.read(&r)))
		}
		p = b.ar.Mul(p, sum)
	}
	return p
}

// read is the value of a reading. With (a, b) the values of a turned tensor's
// two parts, at coordinate x it is (1-x) a + x b, and turned -(1-x) b + x a.
func (b *variantVerifier[E]) read(r *reading) E {
	switch {
	case r.claims[0] < 0:
		t := b.Tensor(r.tensor)
		return b.mask(fmt.Sprint(t.Public, t.Space, r.public), func() E { return b.formula(r) })
	case r.claims[1] < 0:
		return b.masked(r.claims[0])
	}
	first, second := b.m.Values[r.claims[0]], b.m.Values[r.claims[1]]
	if r.turned {
		first, second = b.ar.Neg(second), first
	}
	x := b.point(r.public)[0]
	return b.ar.Add(first, b.ar.Mul(x, b.ar.Sub(second, first)))
}

// mask remembers the value of a formula for all branches of one size class, whose
// axes and passes are the same.
func (b *variantVerifier[E]) mask(key string, value func() E) E {
	return remember(b.masks, fmt.Sprint(b.Extents[relation.Token].Bits, " ", key), value)
}

// formula evaluates a public tensor.
func (b *variantVerifier[E]) formula(r *reading) E {
	t := b.Tensor(r.tensor)
	if h := b.oneHots; (t.Public == relation.OneHotIn || t.Public == relation.OneHot) && len(h) == 1 {
		return remember(b.masks, "one hot", b.oneHot)
	}
	at := b.split(t.Space, r.public)
	var point [relation.NumAxes][]E
	for a := range at {
		point[a] = b.point(at[a])
	}
	return b.f.at(t.Public, t.Space, &point)
}

// oneHot is the value of the rows of tokens for the branch that the step is of, if it
// reads such at one point alone: sum_t flag_t eq(t, r_token) eq(r_vocab, id_t). The
// tokens of a pass are its first one and those that follow another of its tokens, so
// that an embedding, which reads them, and a head, which reads those that follow,
// share the products over the bits of ids. All classes share them too.
func (v *verifier[E]) oneHot() E {
	token, vocab := make([]E, len(v.pass.Below)), make([]E, len(v.pass.Nexts[0]))
	v.choosePoint(token, func(h *oneHot) []coord { return h.token })
	v.choosePoint(vocab, func(h *oneHot) []coord { return h.vocab })
	one, zero := v.ar.Const(fr.One()), v.ar.Const(fr.Element{})
	reads := func(f relation.Formula) E {
		return v.chosen(func(b *variantVerifier[E]) E {
			if len(b.oneHots) == 1 && b.oneHots[0].formula == f {
				return one
			}
			return zero
		})
	}
	in, next := reads(relation.OneHotIn), reads(relation.OneHot)
	f := formulas[E]{ar: v.ar, pass: v.pass}
	eq, sum := f.eqTokens(token), zero
	id, before := v.pass.Tokens[0], zero
	for t := range len(eq) + 1 {
		weight := before
		if t < len(eq) {
			weight = v.ar.Add(weight, v.ar.Mul(v.ar.Mul(in, v.pass.Live[t]), eq[t]))
		}
		sum = v.ar.Add(sum, v.ar.Mul(weight, poly.Eq[E](v.ar, vocab, reversed(id))))
		if t < len(eq) {
			id, before = v.pass.Nexts[t], v.ar.Mul(v.ar.Mul(next, v.pass.Picks[t]), eq[t])
		}
	}
	return sum
}

// choosePoint fills a point with that of the branch that the step is of; one of a
// smaller class has zeros in front.
func (v *verifier[E]) choosePoint(point []E, at func(*oneHot) []coord) {
	for i := range point {
		point[i] = v.chosen(func(b *variantVerifier[E]) E {
			if len(b.oneHots) != 1 {
				return v.ar.Const(fr.Element{})
			}
			own := at(&b.oneHots[0])
			if k := i - len(point) + len(own); k >= 0 {
				return v.point(own[k : k+1])[0]
			}
			return v.ar.Const(fr.Element{})
		})
	}
}

// masked is the value of a claim. A table of positions is claimed at the pass's
// positions and read as zero for tokens that the pass does not have.
func (b *variantVerifier[E]) masked(claim int) E {
	c := b.claims[claim]
	t := b.Tensor(c.tensor)
	if t.Oracle != relation.Weights || !t.Space.Has(relation.Token) {
		return b.m.Values[claim]
	}
	at := b.split(t.Space, c.at)
	live := b.mask(fmt.Sprint(at[relation.Token]), func() E { return b.f.liveTokens(b.point(at[relation.Token])) })
	return b.ar.Mul(live, b.m.Values[claim])
}
