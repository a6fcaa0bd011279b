package host

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFreeSpaceIsKnownOrZero(t *testing.T) {
	require.GreaterOrEqual(t, Memory(), int64(0))
	require.GreaterOrEqual(t, FreeDisk(t.TempDir()), int64(0))
	require.Zero(t, FreeDisk("/no such folder"))
}
