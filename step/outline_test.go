package step

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
)

// TestOutlineEnds: the outline and the model's chains determine the first and the last state
// of the honest run and its model id.
func TestOutlineEnds(t *testing.T) {
	r, moments := runMoments(t)
	_, before := settleSteps(t)
	p, end := r.protocol, &before[len(before)-1].State
	o := p.VerifierParams()
	require.Equal(t, p.Width(), o.Width())
	for i, s := range o.Slots() {
		require.Len(t, s.Point, len(end.slots()[i].Point))
	}
	id, err := o.ModelID(p.Model.Key, p.Digests())
	require.NoError(t, err)
	require.Equal(t, p.ID.ID, id)

	chains, positions := [2]fr.Element{EmptyTokens(), EmptyTokens()}, 0
	salts := settledRun.run.Salts()
	for _, m := range moments {
		if m.before.State.Phase == relation.Embed {
			if positions < 2 {
				chains[0] = AbsorbPass(chains[0], positions, m.step.Bits, m.step.Tokens)
			} else {
				chains[1] = AbsorbPass(chains[1], positions, m.step.Bits, m.step.Tokens)
			}
			positions += 1 << m.step.Bits
		}
	}
	chains[0] = SealPrompt(chains[0], salts.Prompt)
	chains[1] = SealOutput(chains[1], moments[len(moments)-1].step.Next, salts.Output)
	first, last, err := o.Ends(id, p.Digests(), 2, positions, chains[0], chains[1], end.RunningClaims())
	require.NoError(t, err)
	require.Equal(t, p.FirstState(2), first)
	require.Equal(t, p.Elements(end), last)

	for _, c := range []struct{ prompt, positions int }{{0, positions}, {positions + 1, positions},
		{2, o.Positions() + 1}} {
		_, _, err = o.Ends(id, p.Digests(), c.prompt, c.positions, chains[0], chains[1], end.RunningClaims())
		require.ErrorIs(t, err, ErrRun)
	}
	_, _, err = o.Ends(id, p.Digests(), 2, positions, chains[0], chains[1], end.RunningClaims()[1:])
	require.ErrorIs(t, err, ErrRun)
	other := end.RunningClaims()
	other[0].Commitment.X.SetOne()
	_, _, err = o.Ends(id, p.Digests(), 2, positions, chains[0], chains[1], other)
	require.ErrorIs(t, err, ErrRun)
}

// TestOutlineProtocol: the step function of a model equals the step function of its outline.
func TestOutlineProtocol(t *testing.T) {
	r, _ := runMoments(t)
	b, err := r.protocol.VerifierParams().Encode()
	require.NoError(t, err)
	o, err := DecodeVerifierParams(b)
	require.NoError(t, err)
	require.Equal(t, r.protocol.VerifierParams(), o)
	p, err := o.Protocol()
	require.NoError(t, err)
	require.Equal(t, o, p.VerifierParams())
	f, g := anyFunction(p), anyFunction(r.protocol)
	require.Equal(t, f.Digest(), g.Digest())
}

func TestOutlinesThatAreNone(t *testing.T) {
	r, _ := runMoments(t)
	for name, alter := range map[string]func(o *VerifierParams){
		"no class":        func(o *VerifierParams) { o.Classes, o.Cells = nil, nil },
		"classes' order":  func(o *VerifierParams) { o.Classes[0], o.Classes[1] = o.Classes[1], o.Classes[0] },
		"class twice":     func(o *VerifierParams) { o.Classes[1] = o.Classes[0] },
		"no blocks":       func(o *VerifierParams) { o.Blocks = 0 },
		"odd blocks":      func(o *VerifierParams) { o.Blocks = 3 },
		"huge polynomial": func(o *VerifierParams) { o.Cells[0] = argument.ClaimVars + 1 },
		"no rows":         func(o *VerifierParams) { o.Weights = o.Layout.ColumnBits - 1 },
		"no layers":       func(o *VerifierParams) { o.Description.Config.Layers = 0 },
		"no scheme":       func(o *VerifierParams) { o.Description.Scheme = "" },
	} {
		o := r.protocol.VerifierParams()
		alter(o)
		b, err := o.Encode()
		require.NoError(t, err)
		_, err = DecodeVerifierParams(b)
		require.ErrorIs(t, err, argument.ErrEncoding, name)
	}
}

func FuzzDecodeOutline(f *testing.F) {
	o := blankProtocol(f, llamatest.Configs[0].Config, 32, 5, 24, 0, 2).VerifierParams()
	b, err := o.Encode()
	require.NoError(f, err)
	f.Add(b)
	f.Add(b[:len(b)-1])
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := DecodeVerifierParams(b)
		if err != nil {
			require.ErrorIs(t, err, argument.ErrEncoding)
			return
		}
		again, err := o.Encode()
		require.NoError(t, err)
		require.Equal(t, b, again)
		_, _, err = o.Ends(fr.Element{}, ModelDigests{}, 1, 1, fr.Element{}, fr.Element{}, o.Slots())
		require.NoError(t, err)
	})
}
