package step

import (
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
)

// TestTokenChains: windows that begin in the prompt are in one chain, and windows that begin
// after it are in the other. Before the seals the chains are functions of the tokens alone. A
// sealed chain depends on its own tokens and its own salt and on nothing else.
func TestTokenChains(t *testing.T) {
	r, _ := runMoments(t)
	_, before := settleSteps(t)
	p, end := r.protocol, &before[len(before)-1].State
	salts := TokenSalts{fr.NewElement(5), fr.NewElement(6)}
	chains := func(prompt, output []int, salts TokenSalts, passes ...int) (fr.Element, fr.Element) {
		v, err := p.NewRunVerifier(&RunStatement{Prompt: prompt, Output: output})
		require.NoError(t, err)
		z, err := v.embedded(passes)
		require.NoError(t, err)
		return SealPrompt(z.Tokens, salts.Prompt), SealOutput(z.Said, v.last, salts.Output)
	}
	a, b := chains([]int{1, 2}, []int{3, 4}, salts, 1, 0)
	hash := transcript.HashNative // the chains as defined in the package documentation
	tokens := hash("fold token chain", hash("fold token chain"), argument.WindowDigest(0, 1, []int{1, 2}))
	said := hash("fold token chain", hash("fold token chain"), argument.WindowDigest(2, 0, []int{3}))
	require.Equal(t, hash("fold sealed prompt", salts.Prompt, tokens), a)
	require.Equal(t, hash("fold sealed output", salts.Output, said, fr.NewElement(4)), b)
	for name, c := range map[string]struct {
		prompt, output []int
		salts          TokenSalts
		same           [2]bool
	}{
		"last token":      {[]int{1, 2}, []int{3, 5}, salts, [2]bool{true, false}},
		"embedded token":  {[]int{1, 2}, []int{4, 4}, salts, [2]bool{true, false}},
		"token of prompt": {[]int{2, 2}, []int{3, 4}, salts, [2]bool{false, true}},
		"salt of prompt": {[]int{1, 2}, []int{3, 4}, TokenSalts{fr.NewElement(7), salts.Output},
			[2]bool{false, true}},
		"salt of output": {[]int{1, 2}, []int{3, 4}, TokenSalts{salts.Prompt, fr.NewElement(7)},
			[2]bool{true, false}},
		"salts exchanged":   {[]int{1, 2}, []int{3, 4}, TokenSalts{salts.Output, salts.Prompt}, [2]bool{false, false}},
		"nothing different": {[]int{1, 2}, []int{3, 4}, salts, [2]bool{true, true}},
	} {
		x, y := chains(c.prompt, c.output, c.salts, 1, 0)
		require.Equal(t, c.same, [2]bool{x == a, y == b}, name)
	}

	var known []int
	for _, m := range before[0].Log.Steps {
		if m.Kind == relation.Embed {
			known = append(known, m.Bits)
		}
	}
	require.Equal(t, []int{1, 0}, slices.Clone(known))
	require.NotEqual(t, end.Tokens, end.Said)
}

// TestRunsHaveNoSalt: the first state and every state before the last mask are functions of
// the parameters, the tokens and the commitments. They do not depend on the salts, which are
// drawn for the last mask, uniformly, each for one use.
func TestRunsHaveNoSalt(t *testing.T) {
	r, moments := runMoments(t)
	_, before := settleSteps(t)
	require.Equal(t, r.protocol.FirstState(2), moments[0].before.Elements(&moments[0].before.State))
	chains := [2]fr.Element{EmptyTokens(), EmptyTokens()}
	require.Equal(t, chains, [2]fr.Element{moments[0].before.State.Tokens, moments[0].before.State.Said})
	chains[0] = AbsorbPass(chains[0], 0, 1, moments[firstEmbed].step.Tokens)
	chains[1] = AbsorbPass(chains[1], 2, 0, moments[secondEmbed].step.Tokens)
	for _, f := range before[:len(before)-1] {
		require.Equal(t, chains, [2]fr.Element{f.State.Tokens, f.State.Said})
	}
	seen := map[fr.Element]bool{{}: true}
	for range 8 {
		s, err := NewTokenSalts()
		require.NoError(t, err)
		for _, x := range []fr.Element{s.Prompt, s.Output} {
			require.False(t, seen[x])
			seen[x] = true
		}
	}
}

// TestForgedSeals tries states that the last mask, or a step before it, could have in place of
// the sealed chains. The circuit does not accept the step to such a state, and no verifier
// computes it.
func TestForgedSeals(t *testing.T) {
	steps, before := settleSteps(t)
	last, c := len(steps)-1, transitionCircuit(t)
	z, salts := &before[last].State, steps[last].Salts
	b, other, token := transcript.NewField(), fr.NewElement(7), fr.NewElement(uint64(z.Next))
	said := transcript.ExtendChain(b, tokenChain, z.Said, token)
	honest := [2]fr.Element{SealPrompt(z.Tokens, salts.Prompt), SealOutput(z.Said, z.Next, salts.Output)}
	prompt := func(x fr.Element) [2]fr.Element { return [2]fr.Element{x, honest[1]} }
	output := func(x fr.Element) [2]fr.Element { return [2]fr.Element{honest[0], x} }
	for name, forged := range map[string]struct {
		at     int
		chains [2]fr.Element
	}{
		"no seal of the prompt":     {last, prompt(z.Tokens)},
		"no seal of the output":     {last, output(said)},
		"no seals":                  {last, [2]fr.Element{z.Tokens, said}},
		"no last token":             {last, output(sealed(b, sealOutputTag, salts.Output, z.Said))},
		"no last token and no seal": {last, output(z.Said)},
		"last token behind the seal": {last, output(transcript.ExtendChain(b, tokenChain,
			sealed(b, sealOutputTag, salts.Output, z.Said), token))},
		"another last token":              {last, output(SealOutput(z.Said, z.Next^1, salts.Output))},
		"last token in the prompt":        {last, prompt(sealed(b, sealPromptTag, salts.Prompt, z.Tokens, token))},
		"the output's seal on the prompt": {last, prompt(sealed(b, sealOutputTag, salts.Prompt, z.Tokens))},
		"the prompt's seal on the output": {last, output(sealed(b, sealPromptTag, salts.Output, z.Said, token))},
		"the output's salt on the prompt": {last, prompt(SealPrompt(z.Tokens, salts.Output))},
		"the prompt's salt on the output": {last, output(SealOutput(z.Said, z.Next, salts.Prompt))},
		"chains exchanged": {last, [2]fr.Element{SealPrompt(z.Said, salts.Prompt),
			SealOutput(z.Tokens, z.Next, salts.Output)}},
		"sealed chains exchanged":          {last, [2]fr.Element{honest[1], honest[0]}},
		"another salt of the prompt":       {last, prompt(SealPrompt(z.Tokens, other))},
		"another salt of the output":       {last, output(SealOutput(z.Said, z.Next, other))},
		"the prompt's salt twice":          {last, prompt(SealPrompt(honest[0], salts.Prompt))},
		"the output's salt twice":          {last, output(SealOutput(honest[1], z.Next, salts.Output))},
		"a seal in a mask before the last": {last - 1, honest},
		"the prompt's seal in a mask":      {last - 1, [2]fr.Element{honest[0], z.Said}},
		"a seal in a step that weighs":     {settleWeigh, honest},
		"a seal in a reading":              {settleRead, honest},
		"a seal in the sums":               {settleSums, honest},
	} {
		s := steps[forged.at].clone()
		s.Salts = salts
		a := settleAttempt(before[forged.at], s)
		require.NoError(t, a.try(t, c), name)
		next, err := a.next(c.f.p)
		require.NoError(t, err, name)
		after := before[forged.at+1]
		require.Equal(t, after.Elements(&after.State), flatten(next), "%s: salts go nowhere but into the last state",
			name)
		next.Tokens, next.Said = forged.chains[0], forged.chains[1]
		require.NotEqual(t, after.Elements(&after.State), flatten(next), name)
		require.Error(t, c.solves(t, a.of, flatten(a.z), a.advice(), flatten(next)), name)
	}
}

// TestSealsOfAPass: a step of a pass does not seal the chains, whatever its advice.
func TestSealsOfAPass(t *testing.T) {
	_, moments := runMoments(t)
	c := transitionCircuit(t)
	salt := fr.NewElement(7)
	for _, at := range []int{firstEmbed, lastBlock, secondHead} {
		a := moments[at].attempt(t)
		honest, err := a.next(c.f.p)
		require.NoError(t, err)
		a.in.SaltPrompt, a.in.SaltOutput = salt, salt
		require.NoError(t, a.try(t, c))
		next, err := a.next(c.f.p)
		require.NoError(t, err)
		require.True(t, equalStates(honest, next))
		next.Tokens, next.Said = SealPrompt(next.Tokens, salt), SealOutput(next.Said, 0, salt)
		require.Error(t, c.solves(t, a.of, flatten(a.z), a.advice(), flatten(next)))
	}
}
