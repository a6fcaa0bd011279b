//go:build unix

package files

import (
	"io/fs"
	"syscall"
)

// umask is the set of permissions that new files of this process must not have. The system
// returns the mask only when a new one is set, so the initialiser sets it twice, before the
// program writes files.
var umask = func() fs.FileMode {
	mask := syscall.Umask(0o077)
	syscall.Umask(mask)
	return fs.FileMode(mask).Perm()
}()
