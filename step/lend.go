package step

import (
	"iter"
	"slices"

	"github.com/consensys/gnark/frontend"

	"fold/internal/transcript"
	"fold/r1cs/gadget"
)

// lender is the circuit as the argument of a pass's steps is written over, when the
// rules of a settlement's steps borrow from it what is dear: permutations, and the bits
// of a challenge. Every step is of a pass or of a settlement, and the circuit has both.
// In a step of a settlement the argument says nothing: none of its branches has a flag,
// and what it leaves is not selected. In a step of a pass nothing of what a settlement's
// rules compute has a flag. So one permutation serves a hash of either part, the input
// of which the flag lent selects:
//
//   - with lent = 0 the argument's hashes are what they would be by themselves, and the
//     borrower computes with values that nothing reads;
//   - with lent = 1 it is the other way round.
//
// The flag is a bit by the transition's constraints. Neither part's hashes have another
// definition for that: natively there is no trace of it. The borrower runs beside the
// argument, and is resumed whenever a permutation of the width comes by that it waits
// for; what is not lent to it in the end it does itself.
type lender struct {
	*gadget.Circuit
	lent    frontend.Variable
	next    func() (*loan, bool)
	stop    func()
	waiting *loan // nil when the borrower is done
	err     error // what the borrower ended with
}

// loan is a permutation of state in place or, without a state, the bits of a number.
type loan struct {
	state  []frontend.Variable
	number frontend.Variable
	bits   []frontend.Variable
}

// lend prepares the loans to borrow, for the steps in which the flag lent is 1. finish
// must be called in the end, whatever has happened.
func lend(c *gadget.Circuit, lent frontend.Variable, borrow func(machine[frontend.Variable]) error) *lender {
	l := &lender{Circuit: c, lent: lent}
	l.next, l.stop = iter.Pull(func(ask func(*loan) bool) { l.err = borrow(&borrower{c, ask}) })
	l.waiting, _ = l.next()
	return l
}

// finish has the borrower do by itself what is left.
func (l *lender) finish() error {
	l.stop()
	return l.err
}

// Permute is the circuit's, and lends the permutation if one of its width is asked for.
func (l *lender) Permute(s []frontend.Variable) {
	w := l.waiting
	if w == nil || len(w.state) != len(s) || isConstant(l.Circuit, s) {
		l.Circuit.Permute(s)
		return
	}
	for i := range s {
		s[i] = l.Select(l.lent, w.state[i], s[i])
	}
	l.Circuit.Permute(s)
	copy(w.state, s)
	l.waiting, _ = l.next()
}

// Bits is the circuit's, and lends the bits if some are asked for.
func (l *lender) Bits(x frontend.Variable) []frontend.Variable {
	w := l.waiting
	if w == nil || w.state != nil {
		return l.Circuit.Bits(x)
	}
	b := l.Circuit.Bits(l.Select(l.lent, w.number, x))
	w.bits = slices.Clone(b)
	l.waiting, _ = l.next()
	return b
}

// borrower is the circuit as a settlement's rules are written over: it asks for what
// they need, and does itself what is refused.
type borrower struct {
	*gadget.Circuit
	ask func(*loan) bool
}

// Permute asks for a permutation, but not of constants, which costs nothing.
func (b *borrower) Permute(s []frontend.Variable) {
	if isConstant(b.Circuit, s) || !b.ask(&loan{state: s}) {
		b.Circuit.Permute(s)
	}
}

// Bits asks for the bits of a number.
func (b *borrower) Bits(x frontend.Variable) []frontend.Variable {
	l := &loan{number: x}
	if !b.ask(l) {
		return b.Circuit.Bits(x)
	}
	return l.bits
}

// isConstant tells whether all of a state is: such a permutation has no rows.
func isConstant(c *gadget.Circuit, s []frontend.Variable) bool {
	return !slices.ContainsFunc(s, func(x frontend.Variable) bool {
		_, is := c.API().Compiler().ConstantValue(x)
		return !is
	})
}

var (
	_ transcript.Backend[frontend.Variable] = (*lender)(nil)
	_ machine[frontend.Variable]            = (*borrower)(nil)
)
