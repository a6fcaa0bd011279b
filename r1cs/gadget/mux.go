package gadget

import (
	"iter"
	"slices"

	"github.com/consensys/gnark/frontend"

	"fold.example/fold/internal/transcript"
)

// PermutationMux is a Circuit in which two computations share permutations and bit
// decompositions. The host is written over the mux, the client over a MuxClient. Each
// assignment needs only one of the two, and a flag says which. The results of the other must
// not be read. One permutation of the host and one of the client become one permutation whose
// input the flag selects:
//
//   - flag = 0: the permutation is the host's, and the client computes meaningless values;
//   - flag = 1: the permutation is the client's, and the host computes meaningless values.
//
// The caller must constrain the flag to be a bit. The mux does not change the definition of
// any hash. The client runs as a coroutine beside the host. It waits for the host's next
// permutation of the width that it needs. After Finish the client computes its remaining
// permutations itself.
type PermutationMux struct {
	*Circuit
	flag    frontend.Variable
	next    func() (*muxCall, bool)
	stop    func()
	waiting *muxCall // nil when the client has returned
	err     error    // returned by the client
}

// muxCall is a request of the client: the permutation of state in place or, if state is nil,
// the bits of number.
type muxCall struct {
	state  []frontend.Variable
	number frontend.Variable
	bits   []frontend.Variable
}

// NewPermutationMux starts the client, whose results are valid if flag is 1. The caller must
// call Finish at the end, also after an error.
func NewPermutationMux(c *Circuit, flag frontend.Variable, client func(*MuxClient) error) *PermutationMux {
	m := &PermutationMux{Circuit: c, flag: flag}
	m.next, m.stop = iter.Pull(func(call func(*muxCall) bool) { m.err = client(&MuxClient{c, call}) })
	m.waiting, _ = m.next()
	return m
}

// Finish lets the client compute its remaining permutations and bits itself, and returns the
// client's error.
func (m *PermutationMux) Finish() error {
	m.stop()
	return m.err
}

// Permute is Circuit.Permute. If the client waits for a permutation of this width, both share
// it.
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

// Bits is Circuit.Bits. If the client waits for bits, both share the decomposition.
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

// MuxClient is the Circuit of the client of a mux. Its permutations and bit decompositions are
// calls to the host, or computed by the client itself after Finish.
type MuxClient struct {
	*Circuit
	call func(*muxCall) bool
}

// Permute calls the host. A permutation of constants has no rows and needs no call.
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

// isConstant reports whether all elements of a state are constants.
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
