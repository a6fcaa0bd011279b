//go:build unix

package files

import "syscall"

// nonblock has opening a pipe return at once. It changes nothing for regular files.
const nonblock = syscall.O_NONBLOCK
