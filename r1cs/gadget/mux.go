package gadget

import (
	"iter"
	"slices"

	"github.com/consensys/gnark/frontend"

	"fold.example/fold/internal/transcript"
)

// PermutationMux is a Circuit whose permutations and bit decompositions serve two parts. The
// host is written over the mux, the client over a MuxClient. Every assignment needs one of
// the parts, and a flag says which; the results of the other part must not be read. A
// permutation of the host and one of the client become one permutation, whose input the
// flag selects:
//
//   - flag = 0: the permutation is the host's, and the client computes with meaningless values;
//   - flag = 1: the permutation is the client's, and the host computes with meaningless values.
//
// The caller must constrain the flag to be a bit. The mux changes the definition of no hash.
// The client runs as a coroutine beside the host and resumes at each permutation of the width
// that it waits for. The client computes by itself what the host has not served until Finish.
type PermutationMux struct {
	*Circuit
	flag    frontend.Variable
	next    func() (*muxCall, bool)
	stop    func()
	waiting *muxCall // nil when the client has returned
	err     error    // what the client returned
}

// muxCall is a permutation of state in place or, without a state, the bits of a number.
type muxCall struct {
	state  []frontend.Variable
	number frontend.Variable
	bits   []frontend.Variable
}

// NewPermutationMux starts the client, which is needed where flag is 1. Finish must be
// called in the end, also after an error.
func NewPermutationMux(c *Circuit, flag frontend.Variable, client func(*MuxClient) error) *PermutationMux {
	m := &PermutationMux{Circuit: c, flag: flag}
	m.next, m.stop = iter.Pull(func(call func(*muxCall) bool) { m.err = client(&MuxClient{c, call}) })
	m.waiting, _ = m.next()
	return m
}

// Finish lets the client compute by itself what has not been served, and returns the
// client's error.
func (m *PermutationMux) Finish() error {
	m.stop()
	return m.err
}

// Permute is the circuit's, and serves a permutation of this width that the client waits
// for.
func (m *PermutationMux) Permute(s []frontend.Variable) {
	w := m.waiting
	if w == nil || len(w.state) != len(s) || isConstant(m.Circuit, s) {
		m.Circuit.Permute(s)
		return
	}
	for i := range s {
		s[i] = m.Select(m.flag, w.state[i], s[i])
	}
	m.Circuit.Permute(s)
	copy(w.state, s)
	m.waiting, _ = m.next()
}

// Bits is the circuit's, and serves the bits that the client waits for.
func (m *PermutationMux) Bits(x frontend.Variable) []frontend.Variable {
	w := m.waiting
	if w == nil || w.state != nil {
		return m.Circuit.Bits(x)
	}
	b := m.Circuit.Bits(m.Select(m.flag, w.number, x))
	w.bits = slices.Clone(b)
	m.waiting, _ = m.next()
	return b
}

// MuxClient is the circuit as the client of a mux is written over: permutations and bits
// are calls to the host, or the client's own where the host has finished.
type MuxClient struct {
	*Circuit
	call func(*muxCall) bool
}

// Permute calls the host. A permutation of constants has no rows and is the client's own.
func (c *MuxClient) Permute(s []frontend.Variable) {
	if isConstant(c.Circuit, s) || !c.call(&muxCall{state: s}) {
		c.Circuit.Permute(s)
	}
}

// Bits calls the host.
func (c *MuxClient) Bits(x frontend.Variable) []frontend.Variable {
	w := &muxCall{number: x}
	if !c.call(w) {
		return c.Circuit.Bits(x)
	}
	return w.bits
}

// isConstant tells whether all elements of a state are constants.
func isConstant(c *Circuit, s []frontend.Variable) bool {
	return !slices.ContainsFunc(s, func(x frontend.Variable) bool {
		_, is := c.API().Compiler().ConstantValue(x)
		return !is
	})
}

var (
	_ transcript.Backend[frontend.Variable] = (*PermutationMux)(nil)
	_ transcript.Backend[frontend.Variable] = (*MuxClient)(nil)
)
