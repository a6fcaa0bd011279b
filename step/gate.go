package step

import (
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/relation"
)

// RangeBackend is what the transition of a run's state is written over: a transcript's
// backend that knows ranges. Natively a broken rule is remembered, in a circuit it
// is a constraint that nothing satisfies.
type RangeBackend[E any] interface {
	transcript.Backend[E]
	// AssertAtMost states that b are the bits, lowest first, of an integer that
	// is at most top.
	AssertAtMost(b []E, top *big.Int, what string)
}

// nativeRanges is a machine over field elements.
type nativeRanges struct{ transcript.Field }

func newNativeRanges() nativeRanges { return nativeRanges{transcript.NewField()} }

// AssertAtMost remembers that b is no number of at most top.
func (m nativeRanges) AssertAtMost(b []fr.Element, top *big.Int, what string) {
	v := new(big.Int)
	for i, x := range b {
		m.AssertBool(x, what)
		if x.IsOne() {
			v.SetBit(v, i, 1)
		}
	}
	if v.Cmp(top) > 0 {
		m.Fail("%s: %s, expected at most %s", what, v, top)
	}
}

// logic is a machine with what its arithmetic is usually used for.
type logic[E any] struct{ RangeBackend[E] }

func (g logic[E]) int(n int) E { return g.Const(fr.NewElement(uint64(n))) }

func (g logic[E]) not(flag E) E { return g.Sub(g.int(1), flag) }

// sum adds up.
func (g logic[E]) sum(x ...E) E {
	v := g.int(0)
	for _, e := range x {
		v = g.Add(v, e)
	}
	return v
}

// number is the number of these bits, lowest first.
func (g logic[E]) number(bits []E) E {
	v := g.int(0)
	for i := len(bits) - 1; i >= 0; i-- {
		v = g.Add(g.Add(v, v), bits[i])
	}
	return v
}

// bools states that all of b are bits.
func (g logic[E]) bools(b []E, what string) {
	if len(b) > 0 {
		g.AssertAtMost(b, relation.OnesBelow(len(b)), what)
	}
}

// when states that a = b if flag is 1. The flag is known to be a bit.
func (g logic[E]) when(flag, a, b E, what string) {
	g.AssertEqual(g.Mul(flag, g.Sub(a, b)), g.int(0), what)
}

// absent states that x is zero if flag is 1.
func (g logic[E]) absent(flag, x E, what string) { g.when(flag, x, g.int(0), what) }

// isZero tells whether x is zero; inverse is what makes x inverse = 1 if it is not.
func (g logic[E]) isZero(x, inverse E, what string) E {
	zero := g.not(g.Mul(x, inverse))
	g.AssertEqual(g.Mul(x, zero), g.int(0), what)
	return zero
}

// choose is the sum of what each flag selects.
func (g logic[E]) choose(flags, x []E) E {
	v := g.int(0)
	for i := range flags {
		v = g.Add(v, g.Mul(flags[i], x[i]))
	}
	return v
}

// selectAll is Select of lists of one length.
func (g logic[E]) selectAll(flag E, a, b []E) []E {
	v := make([]E, len(a))
	for i := range a {
		v[i] = g.Select(flag, a[i], b[i])
	}
	return v
}

// elementList is something made of elements in an order of its own.
type elementList[E any] interface{ visit(f func(*E)) }

// flatten lists the elements of v.
func flatten[E any](v elementList[E]) (list []E) {
	v.visit(func(e *E) { list = append(list, *e) })
	return list
}

// fill gives v the elements of a list of its length.
func fill[E any](v elementList[E], list []E) error {
	n := 0
	v.visit(func(e *E) {
		if n < len(list) {
			*e = list[n]
		}
		n++
	})
	if n != len(list) {
		return fmt.Errorf("step: a list of %d elements, expected %d", len(list), n)
	}
	return nil
}

// visitAll visits the elements of lists.
func visitAll[E any](f func(*E), lists ...[]E) {
	for _, l := range lists {
		for i := range l {
			f(&l[i])
		}
	}
}
