//go:build slow

package argument

import (
	"fmt"
	"testing"

	"fold.example/fold/llama"
	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/relation"
)

// TestVanishingRows proves the steps that read a tensor with a row, a head's rows or a head's
// columns that are zero, or have a single 1 and are zero elsewhere.
func TestVanishingRows(t *testing.T) {
	c := llamatest.SmallConfig
	prove := func(kind relation.Kind, v llamatest.Vanishing) {
		t.Run(v.Name, func(t *testing.T) { proveKinds(t, v.Model(t, c, llama.W16), kind) })
	}
	for _, x := range llamatest.Tensors(llamatest.Unchanged.Model(t, c, llama.W16)) {
		kind := readBy(x)
		for y := range x.Rows {
			prove(kind, x.Vanish(y, y+1, false))
			prove(kind, x.Vanish(y, y+1, true))
		}
		switch {
		case x.Rows%c.HeadDim == 0 && kind == relation.Block && x.Cols == c.Dim:
			for y := 0; y < x.Rows; y += c.HeadDim {
				prove(kind, x.Vanish(y, y+c.HeadDim, false))
			}
		case x.Cols == c.QDim():
			for h := range c.Heads {
				prove(kind, llamatest.Vanishing{Name: fmt.Sprint(x.Name, ", head ", h, ", zero"),
					Apply: func(m *llama.Model) {
						for y := range x.Rows {
							for k := range c.HeadDim {
								x.Set(m, y, h*c.HeadDim+k, 0)
							}
						}
					}})
			}
		}
	}
}

// readBy is the kind of step that reads a tensor.
func readBy(x llamatest.Tensor) relation.Kind {
	switch x.Name {
	case "embedding":
		return relation.Embed
	case "head":
		return relation.Head
	}
	return relation.Block
}
