//go:build linux || darwin

package host

import "golang.org/x/sys/unix"

// FreeDisk returns the number of bytes on the file system of dir that are free for this
// process. 0 means unknown.
func FreeDisk(dir string) int64 {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return 0
	}
	return int64(s.Bavail) * int64(s.Bsize)
}
