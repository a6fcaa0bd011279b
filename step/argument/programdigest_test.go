package argument

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/llama/llamatest"
	"fold.example/fold/step/relation"
)

// TestProgramDigest: whatever a program is built from changes its digest, and so does the
// frame: the transcript of a step begins with it.
func TestProgramDigest(t *testing.T) {
	base := relation.Shape{Config: llamatest.SmallConfig, Softmax: 32, DownLimbs: 2, Eps: 1, TokenBits: 2,
		PositionBits: 3,
		Blocks:       1}
	slots := AccumulatorSizes{Cells: 20, Cache: 10}
	seen := map[fr.Element]string{}
	add := func(name string, d fr.Element) {
		require.NotContains(t, seen, d, "%s as %s", name, seen[d])
		seen[d] = name
	}
	for k := relation.Embed; k <= relation.Head; k++ {
		add(k.String(), shapeDigest(&base, k, slots))
	}
	for name, change := range map[string]func(s *relation.Shape){
		"dim": func(s *relation.Shape) { s.Config.Dim++ }, "hidden": func(s *relation.Shape) { s.Config.Hidden++ },
		"layers": func(s *relation.Shape) { s.Config.Layers++ }, "heads": func(s *relation.Shape) { s.Config.Heads++ },
		"key heads":  func(s *relation.Shape) { s.Config.KVHeads++ },
		"head":       func(s *relation.Shape) { s.Config.HeadDim++ },
		"vocabulary": func(s *relation.Shape) { s.Config.Vocab++ },
		"context":    func(s *relation.Shape) { s.Config.Context++ },
		"gains":      func(s *relation.Shape) { s.Gains = true }, "softmax": func(s *relation.Shape) { s.Softmax = 48 },
		"down": func(s *relation.Shape) { s.DownLimbs++ }, "norm": func(s *relation.Shape) { s.Norm++ },
		"eps": func(s *relation.Shape) { s.Eps++ }, "tokens": func(s *relation.Shape) { s.TokenBits++ },
		"positions": func(s *relation.Shape) { s.PositionBits++ }, "blocks": func(s *relation.Shape) { s.Blocks++ },
	} {
		s := base
		change(&s)
		add(name, shapeDigest(&s, relation.Block, slots))
	}
	add("cells", shapeDigest(&base, relation.Block, AccumulatorSizes{21, 10}))
	add("cache", shapeDigest(&base, relation.Block, AccumulatorSizes{20, 11}))

	larger := base
	larger.TokenBits++
	alone, framed := argumentsOf(t, base), argumentsOf(t, base, larger)
	for i := range alone {
		require.NotEqual(t, alone[i].Digest, framed[i].Digest)
		add("argument", alone[i].Digest)
		add("argument in a frame", framed[i].Digest)
	}
}
