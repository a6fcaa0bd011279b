package step

// EncodeParameters returns the one encoding of what all runs of this protocol rest on:
// the model id in 32 bytes, then in four bytes each the bits of positions, the blocks a
// step, the number of size classes and the token bits of each.
func (p *Params) EncodeParameters() []byte {
	return encode(func(c *codec) {
		id := p.ID.ID
		c.element(&id)
		for _, x := range append([]int{p.PositionBits, p.Blocks, len(p.Classes)}, p.Classes...) {
			c.number("layout", &x, x)
		}
	})
}
