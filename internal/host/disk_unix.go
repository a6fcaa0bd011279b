//go:build linux || darwin

package host

import "golang.org/x/sys/unix"

// FreeDisk returns the bytes that are free for us on the disk of a folder, 0 if that
// is not known.
func FreeDisk(dir string) int64 {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return 0
	}
	return int64(s.Bavail) * int64(s.Bsize)
}
