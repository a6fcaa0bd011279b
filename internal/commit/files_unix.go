//go:build unix

package commit

import (
	"io/fs"
	"os"
	"syscall"
)

// noWait has opening a pipe return at once instead of waiting for its writer.
const noWait = syscall.O_NONBLOCK

// ownFile says whether a file belongs to the user of this process, and nobody else may
// write to it.
func ownFile(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid() && info.Mode().Perm()&0o022 == 0
}
