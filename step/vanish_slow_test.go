//go:build slow

package step

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold/llama"
)

// TestVanishingSingles proves and settles runs of models of every scheme in which each
// tensor and table in turn is zero, or zero but for one unit.
func TestVanishingSingles(t *testing.T) {
	for _, s := range shapes {
		c := withVocab(s.config)
		for _, v := range singles(unchanged.model(t, c, s.scheme)) {
			t.Run(s.name+" "+v.name, func(t *testing.T) { provenSteps(t, v.model(t, c, s.scheme), nil) })
		}
	}
}

func singles(m *llama.Model) (all []vanishing) {
	for _, x := range settables(m) {
		all = append(all, x.vanish(0, x.rows, false), x.vanish(0, x.rows, true))
	}
	return append(all, tablesVanish()...)
}

// TestVanishingPairs does so with each pair of tensors and tables, both zero.
func TestVanishingPairs(t *testing.T) {
	var zeros []vanishing
	for _, v := range singles(unchanged.model(t, smallConfig, llama.W16)) {
		if !strings.Contains(v.name, "unit") {
			zeros = append(zeros, v)
		}
	}
	for i, v := range zeros {
		for _, w := range zeros[:i] {
			both := v.also(w)
			t.Run(both.name, func(t *testing.T) { provenSteps(t, both.model(t, smallConfig, llama.W16), nil) })
		}
	}
}

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

// TestVanishingRuns proves and checks whole runs of models of zeros.
func TestVanishingRuns(t *testing.T) {
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			m := unchanged.model(t, withVocab(s.config), s.scheme)
			m = everything(m, true).model(t, m.Config, m.Scheme)
			r := provenRunOf(t, rand.New(rand.NewPCG(78, 79)), m, 2, 2, PlanOptions{PassBits: 1, Blocks: 1})
			r.prove(t)
			require.NoError(t, r.verify())
		})
	}
}

// TestVanishingMore proves and settles runs of models of which much is zero at random.
func TestVanishingMore(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) { vanishingCases.Draw(rt, "case").proven(t) })
}
