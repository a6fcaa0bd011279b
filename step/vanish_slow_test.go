//go:build slow

package step

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/llama"
	"fold.example/fold/llama/llamatest"
)

// TestVanishingSingles proves and settles runs of models of every scheme in which each tensor
// and table in turn is zero, or zero except for one unit.
func TestVanishingSingles(t *testing.T) {
	for _, s := range llamatest.Shapes {
		c := llamatest.WithVocab(s.Config)
		for _, v := range singles(llamatest.Unchanged.Model(t, c, s.Scheme)) {
			t.Run(s.Name+" "+v.Name, func(t *testing.T) { provenSteps(t, v.Model(t, c, s.Scheme), nil) })
		}
	}
}

func singles(m *llama.Model) (all []llamatest.Vanishing) {
	for _, x := range llamatest.Tensors(m) {
		all = append(all, x.Vanish(0, x.Rows, false), x.Vanish(0, x.Rows, true))
	}
	return append(all, llamatest.Tables()...)
}

// TestVanishingPairs does the same with each pair of tensors and tables, both zero.
func TestVanishingPairs(t *testing.T) {
	var zeros []llamatest.Vanishing
	for _, v := range singles(llamatest.Unchanged.Model(t, llamatest.SmallConfig, llama.W16)) {
		if !strings.Contains(v.Name, "unit") {
			zeros = append(zeros, v)
		}
	}
	for i, v := range zeros {
		for _, w := range zeros[:i] {
			both := v.Also(w)
			t.Run(both.Name, func(t *testing.T) {
				provenSteps(t, both.Model(t, llamatest.SmallConfig, llama.W16),
					nil)
			})
		}
	}
}

// TestVanishingRuns proves and checks whole runs of models of zeros.
func TestVanishingRuns(t *testing.T) {
	for _, s := range llamatest.Shapes {
		t.Run(s.Name, func(t *testing.T) {
			m := llamatest.Unchanged.Model(t, llamatest.WithVocab(s.Config), s.Scheme)
			m = llamatest.Everything(m, true).Model(t, m.Config, m.Scheme)
			r := provenRunOf(t, rand.New(rand.NewPCG(78, 79)), m, 2, 2, PlanOptions{PassBits: 1, Blocks: 1})
			r.prove(t)
			require.NoError(t, r.verify())
		})
	}
}

// TestVanishingMore proves and settles runs of models with many random zeros.
func TestVanishingMore(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) { vanishingCases.Draw(rt, "case").proven(t) })
}
