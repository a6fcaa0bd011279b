//go:build slow

package proof

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryByteOfAProofMatters: a change of any byte is refused.
func TestEveryByteOfAProofMatters(t *testing.T) {
	k, data := demo(t)
	for at := range data {
		require.Error(t, flipped(k, data, at, at%8), "byte %d", at)
	}
}
