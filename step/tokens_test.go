package step

import (
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
)

// TestTokenChains: what begins in the prompt is in one chain and what begins behind it in
// the other; neither is known by its tokens alone, nor by the other's salt.
func TestTokenChains(t *testing.T) {
	r, _ := runMoments(t)
	_, before := settleSteps(t)
	p, end := r.protocol, &before[len(before)-1].State
	chains := func(prompt, output []int, salt fr.Element, passes ...int) (fr.Element, fr.Element) {
		v, err := p.NewRunVerifier(&RunStatement{Prompt: prompt, Output: output, Salt: salt})
		require.NoError(t, err)
		z, err := v.embedded(passes)
		require.NoError(t, err)
		return z.Tokens, AbsorbLast(z.Said, v.last, v.Salts.Output)
	}
	a, b := chains([]int{1, 2}, []int{3, 4}, fr.NewElement(5), 1, 0)
	c, d := chains([]int{1, 2}, []int{3, 5}, fr.NewElement(5), 1, 0)
	require.Equal(t, a, c)
	require.NotEqual(t, b, d)
	c, d = chains([]int{2, 2}, []int{3, 4}, fr.NewElement(5), 1, 0)
	require.NotEqual(t, a, c)
	require.Equal(t, b, d)
	c, d = chains([]int{1, 2}, []int{3, 4}, fr.NewElement(6), 1, 0)
	require.NotEqual(t, a, c)
	require.NotEqual(t, b, d)
	salts := NewTokenSalts(fr.NewElement(5))
	require.NotEqual(t, salts.Prompt, salts.Output)

	var known []int
	for _, m := range before[0].Log.Steps {
		if m.Kind == Embed {
			known = append(known, m.Bits)
		}
	}
	require.Equal(t, []int{1, 0}, slices.Clone(known))
	require.NotEqual(t, end.Tokens, end.Said)
}
