package fold

import (
	"crypto/sha256"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"

	"fold/internal/transcript"
	"fold/step"
)

// blankProof is a proof of nothing, which has every field.
func blankProof(mode Mode) *compressed {
	p := &compressed{proofHead: proofHead{
		mode: mode, label: "label", prompt: tokenPart{n: 2}, output: tokenPart{n: 1}, passes: []passRun{{1, 1}},
	}}
	if !mode.hidesPrompt() {
		p.prompt.tokens = []int{1, 2}
	}
	if !mode.hidesOutput() {
		p.output.tokens = []int{3}
	}
	p.main.W, p.main.X = make([]bn254.G1Affine, 1), make([]fr.Element, 1)
	p.cycle.W, p.cycle.X = make([]grumpkin.G1Affine, 2), make([]fq.Element, 3)
	p.claims = []step.Opening{{}, {}, {}}
	for i := range p.claims {
		p.claims[i].Point = make([]fr.Element, 2)
	}
	return p
}

// TestContextIsOfTheWholeStatement: the last argument begins with a digest of all that
// stands before it. What no state contains either, as label and mode, has nothing else
// that holds it.
func TestContextIsOfTheWholeStatement(t *testing.T) {
	_, _, g, _ := bn254.Generators()
	_, h := grumpkin.Generators()
	seen := map[fr.Element]string{}
	add := func(name string, p *compressed) {
		sum := sha256.Sum256(p.encodeStatement())
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
	for name, alter := range map[string]func(p *compressed){
		"development": func(p *compressed) { p.development = true },
		"srs":         func(p *compressed) { p.srs[31] = 1 },
		"key":         func(p *compressed) { p.key[31] = 1 },
		"label":       func(p *compressed) { p.label = "labels" },
		"no label":    func(p *compressed) { p.label = "" },
		"prompt":      func(p *compressed) { p.prompt.tokens[0] = 2 },
		"output":      func(p *compressed) { p.output.tokens[0] = 2 },
		"longer":      func(p *compressed) { p.output = tokenPart{n: 2, tokens: []int{3, 0}} },
		"prompt salt": func(p *compressed) { p.prompt.value.SetOne() },
		"output salt": func(p *compressed) { p.output.value.SetOne() },
		"passes":      func(p *compressed) { p.passes = []passRun{{0, 2}} },
		"body":        func(p *compressed) { p.chains.Body.SetOne() },
		"head":        func(p *compressed) { p.chains.Head.SetOne() },
		"steps":       func(p *compressed) { p.steps = 1 << 60 },
		"W":           func(p *compressed) { p.main.W[0] = g },
		"E":           func(p *compressed) { p.main.E = g },
		"fresh":       func(p *compressed) { p.fresh = g },
		"T":           func(p *compressed) { p.cross = g },
		"u":           func(p *compressed) { p.main.U.SetOne() },
		"x":           func(p *compressed) { p.main.X[0].SetOne() },
		"cycle W1":    func(p *compressed) { p.cycle.W[0] = h },
		"cycle W2":    func(p *compressed) { p.cycle.W[1] = h },
		"cycle E":     func(p *compressed) { p.cycle.E = h },
		"cycle u":     func(p *compressed) { p.cycle.U.SetOne() },
		"cycle x1":    func(p *compressed) { p.cycle.X[0].SetOne() },
		"cycle x3":    func(p *compressed) { p.cycle.X[2].SetOne() },
		"claim C":     func(p *compressed) { p.claims[1].Commitment = g },
		"claim v":     func(p *compressed) { p.claims[1].Value.SetOne() },
		"claim s":     func(p *compressed) { p.claims[2].Point[1].SetOne() },
	} {
		p := blankProof(ShowAll)
		alter(p)
		add(name, p)
	}
}
