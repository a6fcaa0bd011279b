package checkpoint

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// A disk of 96 MiB is filled with steps until it is full. No step is lost, and appending works
// once there is free space again.
func TestSmallDisk(t *testing.T) {
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=96m"); err != nil {
		t.Skipf("needs to mount a tmpfs: %v", err)
	}
	defer func() { require.NoError(t, unix.Unmount(disk, unix.MNT_DETACH)) }()
	dir := filepath.Join(disk, "s")
	s, err := Create(dir, testMeta)
	require.NoError(t, err)
	const size = 1 << 20
	var n uint64
	for err == nil {
		require.Less(t, n, uint64(96))
		if err = s.Append(testStep(n, size)); err == nil {
			n++
		}
	}
	require.ErrorIs(t, err, ErrNoSpace)
	require.Greater(t, n, uint64(4))
	require.NoError(t, s.Close())
	s = reopen(t, dir)
	requireSteps(t, s, n, size)
	require.NoError(t, unix.Mount("tmpfs", disk, "tmpfs", unix.MS_REMOUNT, "size=192m"))
	fill(t, s, n+1, size)
	require.NoError(t, s.Close())
	s = reopen(t, dir)
	requireSteps(t, s, n+1, size)
	require.NoError(t, s.Close())
}
