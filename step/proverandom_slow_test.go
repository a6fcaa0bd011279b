//go:build slow

package step

import (
	"testing"

	"pgregory.net/rapid"
)

// TestProveMore proves passes through many random small models.
func TestProveMore(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) { proven(t, rapid.Custom(genPass).Draw(rt, "pass")) })
}
