package step

import (
	"fold.example/fold/internal/wire"
	"fold.example/fold/internal/wire/elements"
)

// EncodeParameters returns the encoding of the parameters: the model id in 32 bytes, then in
// four bytes each the bits of positions, the blocks of a step, the number of size classes and
// the token bits of each class. Equal parameters have equal encodings.
func (p *Params) EncodeParameters() []byte {
	return wire.Encode(func(c *wire.Coder) {
		id := p.ID.ID
		elements.Fr(c, "model id", &id)
		for _, x := range append([]int{p.PositionBits, p.Blocks, len(p.Classes)}, p.Classes...) {
			codeNumber(c, "layout", &x, x)
		}
	})
}
