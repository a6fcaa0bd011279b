package proof

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/fault"
)

// hidden returns the proof of the vectors with the parts of a mode hidden, and the openings of
// these parts.
func hidden(t *testing.T, k *VerificationKey, data []byte, mode Mode) (p *Proof, openings map[Mode]*Opening) {
	t.Helper()
	p, err := Decode(k, data)
	require.NoError(t, err)
	openings = map[Mode]*Opening{
		HidePrompt: {Salt: p.Prompt.Value, Tokens: p.Prompt.Tokens},
		HideOutput: {Salt: p.Output.Value, Tokens: p.Output.Tokens},
	}
	for part, o := range openings {
		switch {
		case mode&part == 0:
			delete(openings, part)
		case mode == HideAll:
			o.Passes = slices.Clone(p.Passes)
		}
	}
	hide(t, k, p, mode)
	return p, openings
}

// open opens the parts that have openings.
func open(k *VerificationKey, p *Proof, openings map[Mode]*Opening) (*Verified, error) {
	var want Expected
	if o := openings[HidePrompt]; o != nil {
		want.PromptOpening = o.String()
	}
	if o := openings[HideOutput]; o != nil {
		want.OutputOpening = o.String()
	}
	v := &Verified{Statement: p.Statement}
	return v, v.open(k, &want)
}

// TestOpenings: a hidden part opens to its own tokens, passes and salt, and to no others.
func TestOpenings(t *testing.T) {
	k, data := demo(t)
	shown, _, err := DecodeStatement(data)
	require.NoError(t, err)
	refused := map[string]func(o *Opening){
		"with another salt":      func(o *Opening) { o.Salt.SetUint64(1) },
		"other tokens or passes": func(o *Opening) { o.Tokens[0]++ },
		"the opening has":        func(o *Opening) { o.Tokens = append(o.Tokens, 1) },
		"tokens below":           func(o *Opening) { o.Tokens[0] = k.outline.Vocab() },
	}
	for _, mode := range []Mode{HidePrompt, HideOutput, HideAll} {
		p, openings := hidden(t, k, data, mode)
		v, err := open(k, p, openings)
		require.NoError(t, err, mode)
		require.Equal(t, mode.HidesPrompt(), slices.Equal(v.PromptIDs, shown.Prompt.Tokens), mode)
		require.Equal(t, mode.HidesOutput(), slices.Equal(v.OutputIDs, shown.Output.Tokens), mode)
		for part, name := range map[Mode]string{HidePrompt: "prompt", HideOutput: "output"} {
			for says, alter := range refused {
				p, openings := hidden(t, k, data, mode)
				if openings[part] == nil {
					continue
				}
				alter(openings[part])
				_, err := open(k, p, openings)
				require.ErrorIs(t, err, fault.ErrRejected, "%s, %s: %s", mode, name, says)
				require.ErrorContains(t, err, says, mode)
				require.ErrorContains(t, err, name+":", "%s, %s", mode, says)
			}
		}
	}
	p, openings := hidden(t, k, data, HideAll)
	for _, o := range openings {
		o.Passes = append(o.Passes, PassRun{Bits: 0, Count: 1})
	}
	_, err = open(k, p, openings)
	require.ErrorContains(t, err, "passes")
}

// TestHiddenPartsAreNotCompared: an expectation about the tokens of a hidden part needs its
// opening.
func TestHiddenPartsAreNotCompared(t *testing.T) {
	k, data := demo(t)
	shown, _, err := DecodeStatement(data)
	require.NoError(t, err)
	p, _ := hidden(t, k, data, HideAll)
	for part, want := range map[string]Expected{
		"prompt": {PromptIDs: shown.Prompt.Tokens}, "output": {OutputIDs: shown.Output.Tokens},
	} {
		v := &Verified{Statement: p.Statement}
		err := v.expected(k, &want)
		require.ErrorIs(t, err, fault.ErrFormat)
		require.ErrorContains(t, err, part+": it is hidden")
	}
}
