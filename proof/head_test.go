package proof

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestHeadIsComparedWithTheKey: the head is compared with the key and the model's sizes. This
// check is needed because a prover can choose any head as the context of its last argument.
func TestHeadIsComparedWithTheKey(t *testing.T) {
	k, data := demo(t)
	for says, alter := range map[string]func(p *Proof){
		"another verification key": func(p *Proof) { p.Key[0] ^= 1 },
		"names commitment key":     func(p *Proof) { p.SRS[0] ^= 1 },
		"wrong about the kind":     func(p *Proof) { p.Development = !p.Development },
		"the model has":            func(p *Proof) { p.Output.Tokens[0] = k.Outline().Vocab() },
		"positions, the run has room": func(p *Proof) {
			p.Mode, p.Output.N = HideAll, k.Outline().Positions()+2-p.Prompt.N
		},
		"passes over": func(p *Proof) { p.Passes = []PassRun{{Bits: 0, Count: 1}} },
		"passes of 2 tokens": func(p *Proof) {
			p.Passes = []PassRun{{Bits: 1, Count: 1},
				{Bits: 0, Count: 1}}
		},
		"a prompt of 0": func(p *Proof) { p.Mode, p.Prompt.N = HideAll, 0 },
	} {
		p, err := Decode(k, data)
		require.NoError(t, err)
		alter(p)
		id, err := k.checkHead(p)
		if err == nil {
			_, err = k.Instances(p, id)
		}
		require.ErrorContains(t, err, says)
	}
	other := append([]byte{}, data...)
	other[11+32] ^= 1 // the first byte of the key's digest
	_, err := Decode(k, other)
	require.ErrorIs(t, err, errOtherKey)
}

// TestPassesHaveOneForm: neighbouring runs of passes of one size are refused.
func TestPassesHaveOneForm(t *testing.T) {
	h := Statement{Prompt: Part{N: 2, Tokens: []int{1, 2}}, Output: Part{N: 2, Tokens: []int{3, 4}}}
	for _, c := range []struct {
		passes []PassRun
		is     bool
	}{
		{[]PassRun{{Bits: 0, Count: 3}}, true}, {[]PassRun{{Bits: 0, Count: 1}, {Bits: 0, Count: 2}}, false},
		{[]PassRun{{Bits: 1, Count: 1}, {Bits: 0, Count: 1}}, true}, {nil, false},
		{[]PassRun{{Bits: 0, Count: 0}}, false},
	} {
		h.Passes = c.passes
		_, _, err := DecodeStatement(h.Encode())
		require.Equal(t, c.is, err == nil, "%v: %v", c.passes, err)
	}
	h.Passes, h.Label = []PassRun{{Bits: 0, Count: 3}}, "\xff"
	_, _, err := DecodeStatement(h.Encode())
	require.ErrorContains(t, err, "no text")
}
