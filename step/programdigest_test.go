package step

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
)

// TestProgramDigest: whatever a program is built from changes its digest, and so does the
// frame: the transcript of a step begins with it.
func TestProgramDigest(t *testing.T) {
	base := Shape{Config: smallConfig, Softmax: 32, DownLimbs: 2, TokenBits: 2, PositionBits: 3, Blocks: 1}
	slots := Slots{Cells: 20, Cache: 10}
	seen := map[fr.Element]string{}
	add := func(name string, d fr.Element) {
		require.NotContains(t, seen, d, "%s as %s", name, seen[d])
		seen[d] = name
	}
	for k := Embed; k <= Head; k++ {
		add(k.String(), shapeDigest(&base, k, slots))
	}
	for name, change := range map[string]func(s *Shape){
		"dim": func(s *Shape) { s.Config.Dim++ }, "hidden": func(s *Shape) { s.Config.Hidden++ },
		"layers": func(s *Shape) { s.Config.Layers++ }, "heads": func(s *Shape) { s.Config.Heads++ },
		"key heads": func(s *Shape) { s.Config.KVHeads++ }, "head": func(s *Shape) { s.Config.HeadDim++ },
		"vocabulary": func(s *Shape) { s.Config.Vocab++ }, "context": func(s *Shape) { s.Config.Context++ },
		"gains": func(s *Shape) { s.Gains = true }, "softmax": func(s *Shape) { s.Softmax = 48 },
		"down": func(s *Shape) { s.DownLimbs++ }, "tokens": func(s *Shape) { s.TokenBits++ },
		"positions": func(s *Shape) { s.PositionBits++ }, "blocks": func(s *Shape) { s.Blocks++ },
	} {
		s := base
		change(&s)
		add(name, shapeDigest(&s, Block, slots))
	}
	add("cells", shapeDigest(&base, Block, Slots{21, 10}))
	add("cache", shapeDigest(&base, Block, Slots{20, 11}))

	larger := base
	larger.TokenBits++
	alone, framed := argumentsOf(t, base), argumentsOf(t, base, larger)
	for i := range alone {
		require.NotEqual(t, alone[i].digest, framed[i].digest)
		add("argument", alone[i].digest)
		add("argument in a frame", framed[i].digest)
	}
}
