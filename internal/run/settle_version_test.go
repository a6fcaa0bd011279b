package run

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/fault"
)

// TestOlderSettlementsAreRefused: a settlement file of another version, the last character
// of its magic, is rejected for its version and not as damaged.
func TestOlderSettlementsAreRefused(t *testing.T) {
	data := encodeSettlement([32]byte{}, nil)
	data[len(settlementMagic)-1]--
	_, err := parseSettlement(data, [32]byte{})
	require.ErrorIs(t, err, fault.ErrFormat)
	require.NotErrorIs(t, err, fault.ErrCorrupt)
	require.ErrorContains(t, err, `version "1", expected version "2"`)
}
