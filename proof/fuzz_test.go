package proof

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/wire"
	"fold.example/fold/step"
)

// FuzzDecodeHead: a statement that decodes encodes to the same bytes.
func FuzzDecodeHead(f *testing.F) {
	whole := Statement{
		Label: "label", Prompt: Part{N: 2, Tokens: []int{1, 2}}, Output: Part{N: 1, Tokens: []int{3}},
		Passes: []PassRun{{Bits: 1, Count: 1}},
	}
	hidden := whole
	hidden.Mode, hidden.Prompt.Tokens, hidden.Output.Tokens, hidden.Development = HideAll, nil, nil, true
	for _, h := range []Statement{whole, hidden} {
		f.Add(h.Encode())
		f.Add(h.Encode()[:60])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, rest, err := DecodeStatement(data)
		if err != nil {
			require.True(t, errors.Is(err, fault.ErrCorrupt) != errors.Is(err, fault.ErrFormat), "%v", err)
			return
		}
		require.Equal(t, data, append(h.Encode(), rest...))
		_, _ = h.TokenChains(7)
	})
}

// TestOlderProofsAreRefused: version 1 had one salt for all proofs of a run.
func TestOlderProofsAreRefused(t *testing.T) {
	h := Statement{Label: "label", Prompt: Part{N: 1, Tokens: []int{1}}, Output: Part{N: 1, Tokens: []int{3}},
		Passes: []PassRun{{Bits: 0, Count: 1}}}
	data := h.Encode()
	require.Equal(t, byte(proofVersion), data[len(proofMagic)])
	data[len(proofMagic)] = 1
	_, _, err := DecodeStatement(data)
	require.ErrorIs(t, err, fault.ErrFormat)
	require.NotErrorIs(t, err, fault.ErrCorrupt)
	require.ErrorContains(t, err, "a compressed proof: found version 1, expected version 3")
}

// FuzzVerifierKey: a key that decodes encodes to the same bytes. Most inputs are refused,
// since accepted ones would need a discrete logarithm; the test then shows that the decoder
// does not panic.
func FuzzVerifierKey(f *testing.F) {
	key, err := commit.SetupDevelopment(16)
	require.NoError(f, err)
	opening := key.ForOpenings()
	c := wire.NewWriter(nil)
	codeKeyHead(c)
	for _, part := range [][]byte{{}, opening.Encode()} {
		n := len(part)
		c.Int("length", &n, 4, 0, MaxKeyFile)
		c.Raw(part)
	}
	f.Add(c.Bytes())
	f.Add([]byte(keyMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		k, err := DecodeKey(data)
		if err != nil {
			require.True(t, errors.Is(err, fault.ErrCorrupt) != errors.Is(err, fault.ErrFormat), "%v", err)
			return
		}
		require.True(t, bytes.Equal(data, k.Encode()))
	})
}

// FuzzProof changes a proof and verifies the result if it decodes.
func FuzzProof(f *testing.F) {
	k, data := demo(f)
	f.Add(300, byte(1), len(data))
	f.Add(len(data)-1, byte(128), len(data))
	f.Add(0, byte(0), 100)
	f.Fuzz(func(t *testing.T, at int, change byte, length int) {
		if at < 0 || at >= len(data) || length < 0 || length > len(data) || change == 0 && length == len(data) {
			t.Skip()
		}
		other := bytes.Clone(data)
		other[at] ^= change
		p, err := Decode(k, other[:length])
		if err == nil {
			_, err = k.Verify(p)
		}
		if at < length || length < len(data) {
			require.Error(t, err)
		}
	})
}

// FuzzOpening: ParseOpening accepts the String of a parsed opening and returns the same
// opening.
func FuzzOpening(f *testing.F) {
	o := Opening{Passes: []PassRun{{Bits: 2, Count: 1}, {Bits: 0, Count: 65}}, Tokens: []int{0, 17, 511}}
	o.Salt.SetUint64(7)
	f.Add(o.String(), true)
	f.Add(o.String(), false)
	o.Passes = nil
	f.Add(o.String(), false)
	f.Add(o.String()+"/4x1,1x", true)
	f.Fuzz(func(t *testing.T, text string, withPasses bool) {
		o, err := ParseOpening(text, withPasses)
		if err != nil {
			return
		}
		require.Equal(t, withPasses, len(o.Passes) > 0)
		again, err := ParseOpening(o.String(), withPasses)
		require.NoError(t, err)
		require.Equal(t, o, again)
		h := Statement{Prompt: Part{N: 1, Tokens: []int{1}}, Output: Part{N: 1, Tokens: []int{1}}, Passes: o.Passes}
		_, _ = h.TokenChains(7)
	})
}

// TestTokenChainsOfModes: in every mode, the chains of shown parts are computed and the chains
// of hidden parts are taken from the statement. Showing only one part needs a pass that begins
// between them.
func TestTokenChainsOfModes(t *testing.T) {
	salts, err := step.NewTokenSalts()
	require.NoError(t, err)
	whole := Statement{
		Prompt: Part{3, []int{1, 2, 3}, salts.Prompt}, Output: Part{3, []int{4, 5, 6}, salts.Output},
		Passes: []PassRun{{Bits: 1, Count: 1}, {Bits: 0, Count: 3}},
	}
	want, err := whole.TokenChains(1)
	require.NoError(t, err)
	require.NotEqual(t, want[0], want[1])
	for _, mode := range []Mode{ShowAll, HidePrompt, HideOutput, HideAll} {
		h := whole
		h.Mode = mode
		if mode.HidesPrompt() {
			h.Prompt = Part{N: 3, Value: want[0]}
		}
		if mode.HidesOutput() {
			h.Output = Part{N: 3, Value: want[1]}
		}
		have, err := h.TokenChains(1)
		require.NoError(t, err)
		require.Equal(t, want, have, mode)
		require.NoError(t, h.OpensTo(&whole, 1))
		if mode == ShowAll {
			continue
		}
		if mode == HideAll {
			h.Passes = nil // a proof that hides both parts has no passes
			require.NoError(t, h.OpensTo(&whole, 1))
		}
		again, _, err := DecodeStatement(h.Encode())
		require.NoError(t, err)
		require.Equal(t, h.Encode(), again.Encode())
		other := whole
		other.Prompt.Tokens, other.Output.Tokens = []int{1, 2, 7}, []int{4, 5, 7}
		require.ErrorIs(t, h.OpensTo(&other, 1), fault.ErrRejected)
		other = whole
		other.Prompt.Value, other.Output.Value = salts.Output, salts.Prompt
		require.ErrorIs(t, h.OpensTo(&other, 1), fault.ErrRejected)

		h.Passes = []PassRun{{Bits: 1, Count: 2}, {Bits: 0, Count: 1}}
		_, err = h.TokenChains(1)
		require.Equal(t, mode == HideAll, err == nil, mode)
	}
	for name, passes := range map[string][]PassRun{
		"too few": {{Bits: 1, Count: 1}}, "too many": {{Bits: 0, Count: 6}},
		"not aligned": {{Bits: 0, Count: 1}, {Bits: 1, Count: 2}},
		"too large":   {{Bits: 2, Count: 1}, {Bits: 0, Count: 1}}, "huge": {{Bits: 0, Count: MaxTokens}},
	} {
		h := whole
		h.Passes = passes
		_, err := h.TokenChains(1)
		require.Error(t, err, name)
	}
	for _, name := range Modes() {
		m, err := ParseMode(name)
		require.NoError(t, err)
		require.Equal(t, name, m.String())
	}
	_, err = ParseMode("")
	require.ErrorIs(t, err, fault.ErrFormat)
}
