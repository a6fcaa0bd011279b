//go:build slow

package step

import (
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
