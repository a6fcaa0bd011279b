package fold

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestHeadIsComparedWithTheKey: what a head says of the key and the model's sizes is
// compared with them. Its maker may have had the last argument begin with any head.
func TestHeadIsComparedWithTheKey(t *testing.T) {
	k, data := readProof(t, proofOf(t))
	for says, alter := range map[string]func(p *compressed){
		"another verification key":    func(p *compressed) { p.key[0] ^= 1 },
		"names commitment key":        func(p *compressed) { p.srs[0] ^= 1 },
		"wrong about the kind":        func(p *compressed) { p.development = !p.development },
		"the model has":               func(p *compressed) { p.output.tokens[0] = k.outline.Vocab() },
		"positions, the run has room": func(p *compressed) { p.mode, p.output.n = HideAll, k.outline.Positions()+1 },
		"passes over":                 func(p *compressed) { p.passes = []passRun{{0, 1}} },
		"passes of 2 tokens":          func(p *compressed) { p.passes = []passRun{{1, 1}, {0, 1}} },
		"a prompt of 0":               func(p *compressed) { p.mode, p.prompt.n = HideAll, 0 },
	} {
		p, err := decodeProof(k, data)
		require.NoError(t, err)
		alter(p)
		id, err := k.check(p)
		if err == nil {
			_, err = k.instances(p, id)
		}
		require.ErrorContains(t, err, says)
	}
	other := append([]byte{}, data...)
	other[11+32] ^= 1 // the first byte of the key's digest
	_, err := decodeProof(k, other)
	require.ErrorIs(t, err, errOtherVerifierKey)
}

// TestPassesHaveOneForm: runs of passes of one size that follow each other are one run.
func TestPassesHaveOneForm(t *testing.T) {
	h := proofHead{prompt: tokenPart{n: 2, tokens: []int{1, 2}}, output: tokenPart{n: 2, tokens: []int{3, 4}}}
	for _, c := range []struct {
		passes []passRun
		is     bool
	}{
		{[]passRun{{0, 3}}, true}, {[]passRun{{0, 1}, {0, 2}}, false}, {[]passRun{{1, 1}, {0, 1}}, true}, {nil, false}, {[]passRun{{0, 0}}, false},
	} {
		h.passes = c.passes
		_, _, err := decodeHead(h.encode())
		require.Equal(t, c.is, err == nil, "%v: %v", c.passes, err)
	}
	h.passes, h.label = []passRun{{0, 3}}, "\xff"
	_, _, err := decodeHead(h.encode())
	require.ErrorContains(t, err, "no text")
}
