package fold

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"fold/internal/commit"
	"fold/internal/wire"
	"fold/step"
)

// FuzzDecodeHead: what is read of a proof before its key is known is written as it was.
func FuzzDecodeHead(f *testing.F) {
	whole := proofHead{
		label: "label", prompt: tokenPart{n: 2, tokens: []int{1, 2}}, output: tokenPart{n: 1, tokens: []int{3}},
		passes: []passRun{{1, 1}},
	}
	hidden := whole
	hidden.mode, hidden.prompt.tokens, hidden.output.tokens, hidden.development = HideAll, nil, nil, true
	for _, h := range []proofHead{whole, hidden} {
		f.Add(h.encode())
		f.Add(h.encode()[:60])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, rest, err := decodeHead(data)
		if err != nil {
			require.True(t, errors.Is(err, ErrCorrupt) != errors.Is(err, ErrFormat), "%v", err)
			return
		}
		require.Equal(t, data, append(h.encode(), rest...))
		_, _ = h.tokenChains(7)
	})
}

// TestOlderProofsAreRefused: a proof of version 1 had one salt for all proofs of a run.
func TestOlderProofsAreRefused(t *testing.T) {
	h := proofHead{label: "label", prompt: tokenPart{n: 1, tokens: []int{1}}, output: tokenPart{n: 1, tokens: []int{3}}, passes: []passRun{{0, 1}}}
	data := h.encode()
	require.Equal(t, byte(proofVersion), data[len(proofMagic)])
	data[len(proofMagic)] = 1
	_, _, err := decodeHead(data)
	require.ErrorIs(t, err, ErrFormat)
	require.NotErrorIs(t, err, ErrCorrupt)
	require.ErrorContains(t, err, "a compressed proof: found version 1, expected version 2")
}

// FuzzVerifierKey: a key is written in one way. Most inputs that are not refused would
// need a discrete logarithm; what is tested is that none panics.
func FuzzVerifierKey(f *testing.F) {
	key, err := commit.SetupDevelopment(16)
	require.NoError(f, err)
	opening := key.ForOpenings()
	c := wire.NewWriter(nil)
	codeKeyHead(c)
	for _, part := range [][]byte{{}, opening.Encode()} {
		n := len(part)
		c.Int("length", &n, 4, 0, maxKeyFile)
		c.Raw(part)
	}
	f.Add(c.Bytes())
	f.Add([]byte(keyMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		k, err := DecodeVerifierKey(data)
		if err != nil {
			require.True(t, errors.Is(err, ErrCorrupt) != errors.Is(err, ErrFormat), "%v", err)
			return
		}
		require.True(t, bytes.Equal(data, k.Encode()))
	})
}

// FuzzProof changes a proof, and verifies what can still be read.
func FuzzProof(f *testing.F) {
	k, data := readProof(f, proofOf(f))
	f.Add(300, byte(1), len(data))
	f.Add(len(data)-1, byte(128), len(data))
	f.Add(0, byte(0), 100)
	f.Fuzz(func(t *testing.T, at int, change byte, length int) {
		if at < 0 || at >= len(data) || length < 0 || length > len(data) || change == 0 && length == len(data) {
			t.Skip()
		}
		other := bytes.Clone(data)
		other[at] ^= change
		p, err := decodeProof(k, other[:length])
		if err == nil {
			_, err = k.verify(p)
		}
		if at < length || length < len(data) {
			require.Error(t, err)
		}
	})
}

// FuzzOpening: what opens a hidden part is read as it was written.
func FuzzOpening(f *testing.F) {
	o := opening{passes: []passRun{{2, 1}, {0, 65}}, tokens: []int{0, 17, 511}}
	o.salt.SetUint64(7)
	f.Add(o.String(), true)
	f.Add(o.String(), false)
	o.passes = nil
	f.Add(o.String(), false)
	f.Add(o.String()+"/4x1,1x", true)
	f.Fuzz(func(t *testing.T, text string, withPasses bool) {
		o, err := parseOpening(text, withPasses)
		if err != nil {
			return
		}
		require.Equal(t, withPasses, len(o.passes) > 0)
		again, err := parseOpening(o.String(), withPasses)
		require.NoError(t, err)
		require.Equal(t, o, again)
		h := proofHead{prompt: tokenPart{n: 1, tokens: []int{1}}, output: tokenPart{n: 1, tokens: []int{1}}, passes: o.passes}
		_, _ = h.tokenChains(7)
	})
}

// TestTokenChainsOfModes: what a mode shows is computed, and what it hides taken, in every
// mode; prompt and output part only where a pass begins between them.
func TestTokenChainsOfModes(t *testing.T) {
	salts, err := step.NewTokenSalts()
	require.NoError(t, err)
	whole := proofHead{
		prompt: tokenPart{3, []int{1, 2, 3}, salts.Prompt}, output: tokenPart{3, []int{4, 5, 6}, salts.Output},
		passes: []passRun{{1, 1}, {0, 3}},
	}
	want, err := whole.tokenChains(1)
	require.NoError(t, err)
	require.NotEqual(t, want[0], want[1])
	for _, mode := range []Mode{ShowAll, HidePrompt, HideOutput, HideAll} {
		h := whole
		h.mode = mode
		if mode.hidesPrompt() {
			h.prompt = tokenPart{n: 3, value: want[0]}
		}
		if mode.hidesOutput() {
			h.output = tokenPart{n: 3, value: want[1]}
		}
		have, err := h.tokenChains(1)
		require.NoError(t, err)
		require.Equal(t, want, have, mode)
		require.NoError(t, h.opensTo(&whole, 1))
		if mode == ShowAll {
			continue
		}
		if mode == HideAll {
			h.passes = nil // then they are not in the file
			require.NoError(t, h.opensTo(&whole, 1))
		}
		again, _, err := decodeHead(h.encode())
		require.NoError(t, err)
		require.Equal(t, h.encode(), again.encode())
		other := whole
		other.prompt.tokens, other.output.tokens = []int{1, 2, 7}, []int{4, 5, 7}
		require.ErrorIs(t, h.opensTo(&other, 1), ErrRejected)
		other = whole
		other.prompt.value, other.output.value = salts.Output, salts.Prompt
		require.ErrorIs(t, h.opensTo(&other, 1), ErrRejected)

		h.passes = []passRun{{1, 2}, {0, 1}}
		_, err = h.tokenChains(1)
		require.Equal(t, mode == HideAll, err == nil, mode)
	}
	for name, passes := range map[string][]passRun{
		"too few": {{1, 1}}, "too many": {{0, 6}}, "not aligned": {{0, 1}, {1, 2}}, "too large": {{2, 1}, {0, 1}}, "huge": {{0, maxTokens}},
	} {
		h := whole
		h.passes = passes
		_, err := h.tokenChains(1)
		require.Error(t, err, name)
	}
	for _, name := range Modes() {
		m, err := ParseMode(name)
		require.NoError(t, err)
		require.Equal(t, name, m.String())
	}
	_, err = ParseMode("")
	require.ErrorIs(t, err, ErrFormat)
}
