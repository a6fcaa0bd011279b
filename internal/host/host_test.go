package host

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFreeSpaceIsKnownOrZero(t *testing.T) {
	require.GreaterOrEqual(t, Memory(), int64(0))
	require.GreaterOrEqual(t, FreeDisk(t.TempDir()), int64(0))
	require.Zero(t, FreeDisk("/no such folder"))
}

// TestResidentFollowsTheHeap: memory that has been written to counts, where the system tells.
func TestResidentFollowsTheHeap(t *testing.T) {
	before := Resident()
	if before == 0 {
		t.Skip("the system does not tell")
	}
	const size = 64 << 20
	block := make([]byte, size)
	for i := 0; i < size; i += 1 << 10 {
		block[i] = 1
	}
	require.Greater(t, Resident(), before+size/2)
	runtime.KeepAlive(block)
}
