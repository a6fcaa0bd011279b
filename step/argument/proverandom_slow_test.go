//go:build slow

package argument

import (
	"testing"

	"pgregory.net/rapid"

	"fold.example/fold/llama/llamatest"
)

// TestProveMore proves passes through many random small models.
func TestProveMore(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) { proven(t, rapid.Custom(llamatest.GenPass).Draw(rt, "pass")) })
}
