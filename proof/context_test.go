package proof

import (
	"crypto/sha256"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/argument"
)

// blankProof returns a proof whose fields all have a value. It does not verify.
func blankProof(mode Mode) *Proof {
	p := &Proof{Statement: Statement{
		Mode: mode, Label: "label", Prompt: Part{N: 2}, Output: Part{N: 1}, Passes: []PassRun{{1, 1}},
	}}
	if !mode.HidesPrompt() {
		p.Prompt.Tokens = []int{1, 2}
	}
	if !mode.HidesOutput() {
		p.Output.Tokens = []int{3}
	}
	p.Main.W, p.Main.X = make([]bn254.G1Affine, 1), make([]fr.Element, 1)
	p.Cycle.W, p.Cycle.X = make([]grumpkin.G1Affine, 2), make([]fq.Element, 3)
	p.Claims = []argument.CommittedClaim{{}, {}, {}}
	for i := range p.Claims {
		p.Claims[i].Point = make([]fr.Element, 2)
	}
	return p
}

// TestContextIsOfTheWholeStatement: the context of the last argument depends on every field
// before it. Label and mode are in no state, so the context is all that binds them.
func TestContextIsOfTheWholeStatement(t *testing.T) {
	_, _, g, _ := bn254.Generators()
	_, h := grumpkin.Generators()
	seen := map[fr.Element]string{}
	add := func(name string, p *Proof) {
		sum := sha256.Sum256(p.EncodeStatement())
		var hi, lo fr.Element
		hi.SetBytes(sum[:16])
		lo.SetBytes(sum[16:])
		c := p.context()
		require.Equal(t, transcript.HashNative("fold proof", hi, lo), c)
		require.Empty(t, seen[c], name)
		seen[c] = name
	}
	for _, mode := range []Mode{ShowAll, HidePrompt, HideOutput, HideAll} {
		add("mode "+mode.String(), blankProof(mode))
	}
	for name, alter := range map[string]func(p *Proof){
		"development": func(p *Proof) { p.Development = true },
		"srs":         func(p *Proof) { p.SRS[31] = 1 },
		"key":         func(p *Proof) { p.Key[31] = 1 },
		"label":       func(p *Proof) { p.Label = "labels" },
		"no label":    func(p *Proof) { p.Label = "" },
		"prompt":      func(p *Proof) { p.Prompt.Tokens[0] = 2 },
		"output":      func(p *Proof) { p.Output.Tokens[0] = 2 },
		"longer":      func(p *Proof) { p.Output = Part{N: 2, Tokens: []int{3, 0}} },
		"prompt salt": func(p *Proof) { p.Prompt.Value.SetOne() },
		"output salt": func(p *Proof) { p.Output.Value.SetOne() },
		"passes":      func(p *Proof) { p.Passes = []PassRun{{0, 2}} },
		"constants":   func(p *Proof) { p.Model.Constants.SetOne() },
		"body":        func(p *Proof) { p.Model.Body.SetOne() },
		"head":        func(p *Proof) { p.Model.Head.SetOne() },
		"steps":       func(p *Proof) { p.Steps = 1 << 60 },
		"W":           func(p *Proof) { p.Main.W[0] = g },
		"E":           func(p *Proof) { p.Main.E = g },
		"fresh":       func(p *Proof) { p.Fresh = g },
		"T":           func(p *Proof) { p.Cross = g },
		"u":           func(p *Proof) { p.Main.U.SetOne() },
		"x":           func(p *Proof) { p.Main.X[0].SetOne() },
		"cycle W1":    func(p *Proof) { p.Cycle.W[0] = h },
		"cycle W2":    func(p *Proof) { p.Cycle.W[1] = h },
		"cycle E":     func(p *Proof) { p.Cycle.E = h },
		"cycle u":     func(p *Proof) { p.Cycle.U.SetOne() },
		"cycle x1":    func(p *Proof) { p.Cycle.X[0].SetOne() },
		"cycle x3":    func(p *Proof) { p.Cycle.X[2].SetOne() },
		"claim C":     func(p *Proof) { p.Claims[1].Commitment = g },
		"claim v":     func(p *Proof) { p.Claims[1].Value.SetOne() },
		"claim s":     func(p *Proof) { p.Claims[2].Point[1].SetOne() },
	} {
		p := blankProof(ShowAll)
		alter(p)
		add(name, p)
	}
}
