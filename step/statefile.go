package step

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/step/argument"
	"fold/step/relation"
	"fold/step/weights"
)

// EncodeState returns the one encoding of a state. It is that of the fields in the
// order of code below; how many coordinates points have follows from the protocol.
func (p *Params) EncodeState(z *State) []byte {
	return encode(func(c *codec) { p.code(c, z) })
}

// DecodeState reads a state of this protocol; errors wrap ErrEncoding. What it
// allocates is bounded by the length of the data and the protocol.
func (p *Params) DecodeState(b []byte) (*State, error) {
	z := p.blankState()
	return z, decode("state", b, func(c *codec) { p.code(c, z) })
}

// blankState has the lengths of a state.
func (p *Params) blankState() *State {
	z := &State{Cells: make([]argument.CommittedClaim, len(p.classes))}
	for i := range p.classes {
		z.Cells[i].Point = make([]fr.Element, p.classes[i].slots.Cells)
	}
	z.Cache.Point = make([]fr.Element, p.classes[0].slots.Cache)
	z.Weights.Point = make([]fr.Element, p.weightBits())
	return z
}

// code is the order of a state's fields.
func (p *Params) code(c *codec, z *State) {
	cfg := p.Model.Description.Config
	c.kind(&z.Phase)
	c.number("group", &z.Group, max(weights.RecordCount(cfg), p.slotCount(), argument.ClaimVars))
	c.number("start", &z.Start, cfg.Context)
	c.number("bits of the pass", &z.Bits, p.Classes[len(p.Classes)-1])
	c.number("prompt", &z.Prompt, cfg.Context)
	c.number("chosen token", &z.Next, cfg.Vocab-1)
	c.tokens("tokens of the window", &z.Window, 1<<p.Classes[len(p.Classes)-1], cfg.Vocab)
	c.element(&z.Tokens)
	c.element(&z.Said)
	c.point(&z.Stream)
	c.element(&z.CachePrev)
	c.element(&z.CacheRead)
	c.element(&z.CacheWrite)
	c.element(&z.Model)
	c.element(&z.Claims)
	z.Settle.visit(c.element)
	for i := range z.Cells {
		c.opening(&z.Cells[i])
	}
	c.opening(&z.Cache)
	c.opening(&z.Weights)
}

func (c *codec) opening(o *argument.CommittedClaim) {
	c.point(&o.Commitment)
	c.elements(o.Point)
	c.element(&o.Value)
}

func (c *codec) kind(k *relation.Kind) {
	n := int(*k)
	c.number("kind of step", &n, int(relation.Settled))
	*k = relation.Kind(n)
}

// readAdvice reads kind and advice of a step that continues the state.
func (f *StateTracker) readAdvice(c *codec, s *Step) {
	k, want := f.State.Phase, f.State.Phase
	if c.kind(&k); k != want || k > relation.Head {
		c.fail(fmt.Errorf("a step of kind %s, expected %s", k, want))
		return
	}
	s.advice(c, k, f.Classes[len(f.Classes)-1], f.Model.Description.Config.Vocab)
}

// advice is the order of a step's fields, but for the proof. The bounds are for
// reading.
func (s *Step) advice(c *codec, k relation.Kind, maxBits, vocab int) {
	switch k {
	case relation.Embed:
		c.number("bits of the pass", &s.Bits, maxBits)
		c.tokens("tokens", &s.Tokens, 1<<s.Bits, vocab)
	case relation.Block:
		c.point(&s.Cache)
	case relation.Head:
		c.number("chosen token", &s.Next, vocab-1)
	}
}
