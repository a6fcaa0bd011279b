//go:build slow

package relation

import (
	"testing"

	"pgregory.net/rapid"

	"fold.example/fold/llama/llamatest"
)

// TestBoundsMore checks passes through many random small models.
func TestBoundsMore(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) { withinBounds(t, rapid.Custom(llamatest.GenPass).Draw(rt, "pass")) })
}
