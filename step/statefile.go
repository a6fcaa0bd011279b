package step

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/wire"
	"fold.example/fold/internal/wire/elements"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// EncodeState returns the encoding of a state: its fields in the order of code. The parameters
// determine the numbers of coordinates. Equal states have equal encodings.
func (p *Params) EncodeState(z *State) []byte {
	return wire.Encode(func(c *wire.Coder) { p.code(c, z) })
}

// DecodeState decodes a state of runs with these parameters. The error wraps ErrEncoding. The
// memory that it allocates is bounded by the length of the data and the parameters.
func (p *Params) DecodeState(b []byte) (*State, error) {
	z := p.blankState()
	return z, decode("state", b, func(c *wire.Coder) { p.code(c, z) })
}

// blankState returns a zero state whose lists have the lengths of these parameters.
func (p *Params) blankState() *State {
	z := &State{Cells: make([]argument.CommittedClaim, len(p.classes))}
	for i := range p.classes {
		z.Cells[i].Point = make([]fr.Element, p.classes[i].slots.Cells)
	}
	z.Cache.Point = make([]fr.Element, p.classes[0].slots.Cache)
	z.Weights.Point = make([]fr.Element, p.weightBits())
	return z
}

// code codes the fields of a state in their order.
func (p *Params) code(c *wire.Coder, z *State) {
	cfg := p.Model.Description.Config
	codeKind(c, &z.Phase)
	codeNumber(c, "group", &z.Group, max(weights.RecordCount(cfg), p.slotCount(), argument.ClaimVars))
	codeNumber(c, "start", &z.Start, cfg.Context)
	codeNumber(c, "bits of the pass", &z.Bits, p.Classes[len(p.Classes)-1])
	codeNumber(c, "prompt", &z.Prompt, cfg.Context)
	codeNumber(c, "chosen token", &z.Next, cfg.Vocab-1)
	codeTokens(c, "tokens of the window", &z.Window, 1<<p.Classes[len(p.Classes)-1], cfg.Vocab)
	elements.Fr(c, "chain of tokens", &z.Tokens, &z.Said)
	elements.G1(c, "residual stream", &z.Stream)
	elements.Fr(c, "chain of the cache", &z.CachePrev, &z.CacheRead, &z.CacheWrite)
	elements.Fr(c, "chain of records", &z.Model)
	elements.Fr(c, "chain of claims", &z.Claims)
	z.Settle.visit(func(e *fr.Element) { elements.Fr(c, "settlement", e) })
	for i := range z.Cells {
		codeClaim(c, "running claim of a class", &z.Cells[i])
	}
	codeClaim(c, "running claim on the cache", &z.Cache)
	codeClaim(c, "claim on the weights", &z.Weights)
}

// readAdvice decodes kind and advice of a step that continues the state.
func (f *StateTracker) readAdvice(c *wire.Coder, s *Step) {
	k, want := f.State.Phase, f.State.Phase
	if codeKind(c, &k); k != want || k > relation.Head {
		c.Failf("a step of kind %s, expected %s", k, want)
		return
	}
	s.advice(c, k, f.Classes[len(f.Classes)-1], f.Model.Description.Config.Vocab)
}

// advice codes the fields of a step in their order, without the proof. A writer ignores the
// bounds.
func (s *Step) advice(c *wire.Coder, k relation.Kind, maxBits, vocab int) {
	switch k {
	case relation.Embed:
		codeNumber(c, "bits of the pass", &s.Bits, maxBits)
		codeTokens(c, "tokens", &s.Tokens, 1<<s.Bits, vocab)
	case relation.Block:
		elements.G1(c, "cache", &s.Cache)
	case relation.Head:
		codeNumber(c, "chosen token", &s.Next, vocab-1)
	}
}
