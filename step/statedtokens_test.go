package step

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestStatedTokens: a statement whose tokens pack into the digest of the run's own
// windows, without being them, is refused, and so is any token that the model has not.
func TestStatedTokens(t *testing.T) {
	r, moments := runMoments(t)
	_, before := settleSteps(t)
	p, end := r.protocol, &before[len(before)-1].State
	prompt, last := moments[firstEmbed].step.Tokens, moments[len(moments)-1].step.Next
	output := []int{moments[secondEmbed].step.Tokens[0], last}
	packed := []int{prompt[0] + prompt[1]<<tokenBits, 0}
	require.Equal(t, windowOf(0, 1, prompt), windowOf(0, 1, packed), "the forgery is none")

	sizes := []int{1, 0}
	for name, st := range map[string]RunStatement{
		"packed":       {Prompt: packed, Output: output},
		"a dead row":   {Prompt: prompt, Output: []int{output[0], p.vocab()}},
		"below zero":   {Prompt: prompt, Output: []int{-1, last}},
		"one and more": {Prompt: prompt, Output: []int{output[0], last + 1<<32}},
	} {
		st.Salt = r.run.Salt
		_, err := p.LastState(&st, sizes, end.slots())
		require.ErrorIs(t, err, ErrRun, name)
		require.ErrorContains(t, err, "token", name)
		v, err := p.NewRunVerifier(&st)
		require.ErrorIs(t, err, ErrRun, name)
		require.Nil(t, v)
	}
	honest := RunStatement{Prompt: slices.Clone(prompt), Output: output, Salt: r.run.Salt}
	have, err := p.LastState(&honest, sizes, end.slots())
	require.NoError(t, err)
	require.Equal(t, p.Elements(end), have)
}
