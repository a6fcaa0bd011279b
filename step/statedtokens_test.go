package step

import (
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/argument"
)

// TestStatedTokens: a statement with other tokens that pack to the digest of the run's windows
// is refused, and so is any token outside the vocabulary.
func TestStatedTokens(t *testing.T) {
	r, moments := runMoments(t)
	_, before := settleSteps(t)
	p, end := r.protocol, &before[len(before)-1].State
	prompt, last := moments[firstEmbed].step.Tokens, moments[len(moments)-1].step.Next
	output := []int{moments[secondEmbed].step.Tokens[0], last}
	packed := []int{prompt[0] + prompt[1]<<argument.TokenBits, 0}

	sizes, salts := []int{1, 0}, settledRun.run.Salts()
	for name, st := range map[string]RunStatement{
		"packed":       {Prompt: packed, Output: output},
		"a dead row":   {Prompt: prompt, Output: []int{output[0], p.vocab()}},
		"below zero":   {Prompt: prompt, Output: []int{-1, last}},
		"one and more": {Prompt: prompt, Output: []int{output[0], last + 1<<32}},
	} {
		_, err := p.LastState(&st, salts, sizes, end.slots())
		require.ErrorIs(t, err, ErrRun, name)
		require.ErrorContains(t, err, "token", name)
		v, err := p.NewRunVerifier(&st)
		require.ErrorIs(t, err, ErrRun, name)
		require.Nil(t, v)
	}
	honest := RunStatement{Prompt: slices.Clone(prompt), Output: output}
	have, err := p.LastState(&honest, salts, sizes, end.slots())
	require.NoError(t, err)
	require.Equal(t, p.Elements(end), have)
}

// TestWindowsThatPackAlike: windows that pack alike have different digests, and no window is
// too long to pack.
func TestWindowsThatPackAlike(t *testing.T) {
	elements := func(tokens ...uint64) (m []fr.Element) {
		for _, x := range tokens {
			m = append(m, fr.NewElement(x))
		}
		return m
	}
	b, two := transcript.NewField(), elements(2)[0]
	digest := argument.WindowDigest(2, 1, []int{9, 3})
	require.Equal(t, digest, argument.PackedWindowDigest(b, two, fr.One(), elements(9, 3)))
	require.Equal(t, digest, argument.PackedWindowDigest(b, two, fr.One(), elements(9+3<<argument.TokenBits, 0)),
		"a forgery")
	require.Equal(t, digest, argument.PackedWindowDigest(b, elements(2 + 1<<argument.TokenBits)[0], fr.Element{},
		elements(9, 3)), "a forgery")

	seen := map[fr.Element]bool{digest: true}
	for _, w := range []struct {
		start, bits int
		tokens      []int
	}{
		{2, 1, []int{9 + 3<<argument.TokenBits, 0}}, {2 + 1<<argument.TokenBits, 0, []int{9, 3}}, {2,
			1 << argument.TokenBits, []int{9, 3}},
		{2, 1, []int{9, -3}}, {-2, 1, []int{9, 3}}, {2, -1, []int{9, 3}}, {0, 8, make([]int, 2*argument.WindowTokens)},
	} {
		d := argument.WindowDigest(w.start, w.bits, w.tokens)
		require.False(t, seen[d], "%v", w)
		seen[d] = true
	}
}
