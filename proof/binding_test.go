package proof

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/fault"
)

// flipped verifies a proof with one bit flipped.
func flipped(k *VerificationKey, data []byte, at, bit int) error {
	other := append([]byte{}, data...)
	other[at] ^= 1 << bit
	p, err := Decode(k, other)
	if err == nil {
		_, err = k.Verify(p)
	}
	return err
}

// TestBytesOfAProofMatter changes a sample of the bytes. The slow test changes all of them.
func TestBytesOfAProofMatter(t *testing.T) {
	k, data := demo(t)
	for at := 0; at < len(data); at += 89 {
		require.Error(t, flipped(k, data, at, at%8), "byte %d", at)
	}
	for _, n := range []int{0, 7, 100, len(data) - 1} {
		_, err := Decode(k, data[:n])
		require.ErrorIs(t, err, fault.ErrCorrupt)
	}
	_, err := Decode(k, append(data, 0))
	require.ErrorIs(t, err, fault.ErrCorrupt)
}

// TestPublicValuesOfAProofMatter: a change of any value of the statement is refused.
func TestPublicValuesOfAProofMatter(t *testing.T) {
	k, data := demo(t)
	for name, alter := range map[string]func(p *Proof){
		"label":                       func(p *Proof) { p.Label = "another" },
		"mode":                        func(p *Proof) { p.Mode, p.Prompt.Tokens = HidePrompt, nil },
		"mode, and the chain right":   func(p *Proof) { hide(t, k, p, HidePrompt) },
		"mode, and both chains right": func(p *Proof) { hide(t, k, p, HideAll) },
		"prompt":                      func(p *Proof) { p.Prompt.Tokens[1] ^= 1 },
		"output":                      func(p *Proof) { p.Output.Tokens[0] ^= 1 },
		"last token":                  func(p *Proof) { p.Output.Tokens[1] ^= 1 },
		"longer prompt": func(p *Proof) {
			p.Prompt.Tokens, p.Output.Tokens = append(p.Prompt.Tokens, p.Output.Tokens[0]), p.Output.Tokens[1:]
			p.Prompt.N, p.Output.N = 3, 1
		},
		"salt of the prompt": func(p *Proof) { p.Prompt.Value.SetOne() },
		"salt of the output": func(p *Proof) { p.Output.Value.SetOne() },
		"passes":             func(p *Proof) { p.Passes = []PassRun{{Bits: 1, Count: 1}, {Bits: 0, Count: 1}} },
		"too many passes":    func(p *Proof) { p.Passes = []PassRun{{Bits: 0, Count: 1 << 20}} },
		"constants":          func(p *Proof) { p.Model.Constants.SetOne() },
		"body of the model":  func(p *Proof) { p.Model.Body.SetOne() },
		"head of the model":  func(p *Proof) { p.Model.Head.SetOne() },
		"steps":              func(p *Proof) { p.Steps++ },
		"commitment key":     func(p *Proof) { p.SRS[0] ^= 1 },
		"kind of key":        func(p *Proof) { p.Development = false },
		"verification key":   func(p *Proof) { p.Key[0] ^= 1 },
		"factor":             func(p *Proof) { p.Main.U.SetOne() },
		"public input":       func(p *Proof) { p.Main.X[0].SetOne() },
		"cycle's factor":     func(p *Proof) { p.Cycle.U.SetOne() },
		"value of a claim":   func(p *Proof) { p.Claims[0].Value.SetOne() },
		"point of a claim":   func(p *Proof) { p.Claims[1].Point[0].SetOne() },
		"claims exchanged": func(p *Proof) {
			p.Claims[0].Commitment, p.Claims[1].Commitment = p.Claims[1].Commitment, p.Claims[0].Commitment
		},
		"cross term": func(p *Proof) { p.Cross, p.Fresh = p.Fresh, p.Cross },
	} {
		p, err := Decode(k, data)
		require.NoError(t, err)
		alter(p)
		_, err = k.Verify(p)
		require.ErrorIs(t, err, fault.ErrRejected, name)
	}
}

// hide replaces shown tokens by commitments. The states of the run do not change.
func hide(t *testing.T, k *VerificationKey, p *Proof, mode Mode) {
	chains, err := p.TokenChains(slices.Max(k.Outline().Classes))
	require.NoError(t, err)
	if p.Mode = mode; mode.HidesPrompt() {
		p.Prompt = Part{N: p.Prompt.N, Value: chains[0]}
	}
	if mode.HidesOutput() {
		p.Output = Part{N: p.Output.N, Value: chains[1]}
	}
	if mode == HideAll {
		p.Passes = nil
	}
	again, err := p.TokenChains(slices.Max(k.Outline().Classes))
	require.NoError(t, err)
	require.Equal(t, chains, again)
}

// TestTokensOfNoModel: tokens are compared with the vocabulary before anything is computed
// from them.
func TestTokensOfNoModel(t *testing.T) {
	k, data := demo(t)
	for _, alter := range []func(p *Proof){
		func(p *Proof) { p.Prompt.Tokens[0] = k.Outline().Vocab() },
		func(p *Proof) { p.Output.Tokens[1] = k.Outline().Vocab() },
	} {
		p, err := Decode(k, data)
		require.NoError(t, err)
		alter(p)
		again, err := Decode(k, p.Encode())
		require.NoError(t, err)
		_, err = k.Verify(again)
		require.ErrorIs(t, err, fault.ErrRejected)
		require.ErrorContains(t, err, "token 512, the model has 512")
	}
}
