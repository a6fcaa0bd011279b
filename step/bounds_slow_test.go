//go:build slow

package step

import (
	"testing"

	"pgregory.net/rapid"
)

// TestBoundsMore looks at passes through many random small models.
func TestBoundsMore(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) { withinBounds(t, rapid.Custom(genPass).Draw(rt, "pass")) })
}
