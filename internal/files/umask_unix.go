//go:build unix

package files

import (
	"io/fs"
	"syscall"
)

// umask are the permissions that the user of this process gives to no file. The system
// tells the mask only when it is set, which is done once, before anything is written.
var umask = func() fs.FileMode {
	mask := syscall.Umask(0o077)
	syscall.Umask(mask)
	return fs.FileMode(mask).Perm()
}()
