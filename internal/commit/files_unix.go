//go:build unix

package commit

import (
	"io/fs"
	"os"
	"syscall"
)

// ownFile says whether a file belongs to the user of this process, and nobody else may
// write to it.
func ownFile(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid() && info.Mode().Perm()&0o022 == 0
}
