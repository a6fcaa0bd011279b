package step

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/relation"
)

// RangeBackend is the backend over which the transition of a run's state is written: a
// transcript's backend with range checks. The native backend records the first broken rule. In
// a circuit a broken rule is an unsatisfied constraint.
type RangeBackend[E any] interface {
	transcript.Backend[E]
	// AssertAtMost asserts that b are the bits, lowest first, of an integer of at most top.
	// what names the rule.
	AssertAtMost(b []E, top *big.Int, what string)
}

// nativeRanges is the RangeBackend over field elements.
type nativeRanges struct{ transcript.Field }

func newNativeRanges() nativeRanges { return nativeRanges{transcript.NewField()} }

// AssertAtMost records an error unless b are the bits of an integer of at most top.
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

// logic adds common operations to a RangeBackend.
type logic[E any] struct{ RangeBackend[E] }

func (g logic[E]) int(n int) E { return g.Const(fr.NewElement(uint64(n))) }

func (g logic[E]) not(flag E) E { return g.Sub(g.int(1), flag) }

// sum returns the sum of x.
func (g logic[E]) sum(x ...E) E {
	v := g.int(0)
	for _, e := range x {
		v = g.Add(v, e)
	}
	return v
}

// number returns the number with the given bits, lowest first.
func (g logic[E]) number(bits []E) E {
	v := g.int(0)
	for i := len(bits) - 1; i >= 0; i-- {
		v = g.Add(g.Add(v, v), bits[i])
	}
	return v
}

// bools asserts that all of b are bits. It compares maxCompared of them at a time, because a number
// that AssertAtMost compares has fewer bits than the field.
func (g logic[E]) bools(b []E, what string) {
	for part := range slices.Chunk(b, maxCompared) {
		g.AssertAtMost(part, relation.OnesBelow(len(part)), what)
	}
}

// maxCompared is the largest number of bits that bools compares at a time.
const maxCompared = 250

// when asserts that a = b if flag is 1. The caller must constrain flag to be a bit.
func (g logic[E]) when(flag, a, b E, what string) {
	g.AssertEqual(g.Mul(flag, g.Sub(a, b)), g.int(0), what)
}

// absent asserts that x is zero if flag is 1.
func (g logic[E]) absent(flag, x E, what string) { g.when(flag, x, g.int(0), what) }

// isZero returns 1 if x is zero, else 0. inverse is advice: x inverse = 1 if x is not zero.
func (g logic[E]) isZero(x, inverse E, what string) E {
	zero := g.not(g.Mul(x, inverse))
	g.AssertEqual(g.Mul(x, zero), g.int(0), what)
	return zero
}

// choose returns the sum of flags[i] x[i].
func (g logic[E]) choose(flags, x []E) E {
	v := g.int(0)
	for i := range flags {
		v = g.Add(v, g.Mul(flags[i], x[i]))
	}
	return v
}

// selectAll is Select for lists of equal length.
func (g logic[E]) selectAll(flag E, a, b []E) []E {
	v := make([]E, len(a))
	for i := range a {
		v[i] = g.Select(flag, a[i], b[i])
	}
	return v
}

// elementList is a value that consists of elements in a fixed order.
type elementList[E any] interface{ visit(f func(*E)) }

// flatten returns the elements of v.
func flatten[E any](v elementList[E]) (list []E) {
	v.visit(func(e *E) { list = append(list, *e) })
	return list
}

// fill sets the elements of v from a list. It returns an error if the lengths differ.
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

// visitAll visits the elements of all lists.
func visitAll[E any](f func(*E), lists ...[]E) {
	for _, l := range lists {
		for i := range l {
			f(&l[i])
		}
	}
}
