//go:build slow

package step

import (
	"fmt"
	"testing"

	"fold/llama"
)

// TestVanishingRows proves the steps that read a tensor of which a row, or a head's rows,
// or a head's columns, are zero, or zero but for one unit.
func TestVanishingRows(t *testing.T) {
	c := smallConfig
	prove := func(kind Kind, v vanishing) {
		t.Run(v.name, func(t *testing.T) { proveKinds(t, v.model(t, c, llama.W16), kind) })
	}
	for _, x := range settables(unchanged.model(t, c, llama.W16)) {
		kind := readBy(x)
		for y := range x.rows {
			prove(kind, x.vanish(y, y+1, false))
			prove(kind, x.vanish(y, y+1, true))
		}
		switch {
		case x.rows%c.HeadDim == 0 && kind == Block && x.cols == c.Dim:
			for y := 0; y < x.rows; y += c.HeadDim {
				prove(kind, x.vanish(y, y+c.HeadDim, false))
			}
		case x.cols == c.QDim():
			for h := range c.Heads {
				prove(kind, vanishing{fmt.Sprint(x.name, ", head ", h, ", zero"), func(m *llama.Model) {
					for y := range x.rows {
						for k := range c.HeadDim {
							x.set(m, y, h*c.HeadDim+k, 0)
						}
					}
				}})
			}
		}
	}
}

// readBy is the kind of step that reads a tensor.
func readBy(x settable) Kind {
	switch x.name {
	case "embedding":
		return Embed
	case "head":
		return Head
	}
	return Block
}
