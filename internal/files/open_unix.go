//go:build unix

package files

import "syscall"

// nonblock makes opening a pipe return immediately. It has no effect on regular files.
const nonblock = syscall.O_NONBLOCK
