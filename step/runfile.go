package step

import (
	"errors"
	"fmt"

	"fold/internal/commit/mercury"
)

// EncodeStatement returns the one encoding of what a run of this protocol states:
// the model id, the bits of positions, the blocks a step, the size classes, and the
// tokens of prompt and output.
func (p *Protocol) EncodeStatement(st *RunStatement) []byte {
	return encode(func(c *codec) { p.codeStatement(c, st) })
}

// DecodeStatement reads what a run of this protocol states. Errors wrap ErrEncoding.
func (p *Protocol) DecodeStatement(b []byte) (*RunStatement, error) {
	st := &RunStatement{}
	return st, decode("statement of a run", b, func(c *codec) { p.codeStatement(c, st) })
}

func (p *Protocol) codeStatement(c *codec, st *RunStatement) {
	id := p.ID.ID
	if c.element(&id); c.err == nil && !id.Equal(&p.ID.ID) {
		c.fail(fmt.Errorf("model %s, expected %s", id.Text(16), p.ID.ID.Text(16)))
	}
	for _, x := range append([]int{p.PositionBits, p.Blocks, len(p.Classes)}, p.Classes...) {
		found := x
		if c.number("layout", &found, 1<<30); c.err == nil && found != x {
			c.fail(fmt.Errorf("layout: found %d, expected %d", found, x))
		}
	}
	cfg := p.Model.Description.Config
	c.tokens("tokens of the prompt", &st.Prompt, cfg.Context, cfg.Vocab)
	c.tokens("tokens of the output", &st.Output, cfg.Context, cfg.Vocab)
}

// Encode returns the one encoding of a conclusion: the length of the settlement, the
// settlement, and for each opening the byte 1 and its bytes, or 0 if the claim needs
// none.
func (e *Conclusion) Encode() []byte {
	settlement := e.Settlement.Encode()
	b := encode(func(c *codec) {
		n := len(settlement)
		c.number("length", &n, n)
	})
	b = append(b, settlement...)
	for _, o := range e.Openings {
		if o == nil {
			b = append(b, 0)
		} else {
			b = append(append(b, 1), o.Encode()...)
		}
	}
	return b
}

// DecodeConclusion reads the conclusion of a run of this protocol. Errors wrap
// ErrEncoding.
func (p *Protocol) DecodeConclusion(b []byte) (*Conclusion, error) {
	e := &Conclusion{Openings: make([]*mercury.Proof, len(p.classes)+1)}
	return e, decode("conclusion", b, func(c *codec) {
		n := 0
		if c.number("length of the settlement", &n, len(b)); c.err != nil {
			return
		}
		var err error
		if e.Settlement, err = DecodeSettlement(p.Model, c.in.take(n)); err != nil {
			c.fail(err)
			return
		}
		for i := range e.Openings {
			if e.Openings[i], err = c.optionalOpening(); err != nil {
				c.fail(fmt.Errorf("opening %d: %w", i, err))
				return
			}
		}
	})
}

func (c *codec) optionalOpening() (*mercury.Proof, error) {
	flag := c.in.take(1)
	switch {
	case flag == nil:
		return nil, errShort
	case flag[0] == 0:
		return nil, nil
	case flag[0] > 1:
		return nil, errors.New("neither there nor absent")
	}
	return mercury.Decode(c.in.take(mercury.ProofSize))
}
