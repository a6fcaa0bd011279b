//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package checkpoint

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// heldLock is an open LOCK file. The kernel releases it with the process, however
// that ends.
type heldLock struct {
	file   *os.File
	writer bool
}

// lockFile takes the lock for writing, alone, or for reading, together with other
// readers. It is flock, not fcntl: the latter does not exclude two openings within
// one process and is lost when any descriptor of the file is closed.
func lockFile(path string, writer bool) (io.Closer, error) {
	flags, how := os.O_RDONLY, unix.LOCK_SH
	if writer {
		flags, how = os.O_RDWR|os.O_CREATE, unix.LOCK_EX
	}
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, err
	}
	err = unix.Flock(int(f.Fd()), how|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		f.Close()
		return nil, lockedBy(path)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	if writer {
		err = errors.Join(f.Truncate(0), writePID(f))
	}
	if err != nil {
		f.Close()
		return nil, writeError("writing "+path, err)
	}
	return &heldLock{f, writer}, nil
}

func writePID(f *os.File) error {
	_, err := fmt.Fprintf(f, "%d\n", os.Getpid())
	return err
}

// Close empties the file, so that a pid in it is that of a writer, living or killed.
func (l *heldLock) Close() error {
	var err error
	if l.writer {
		err = l.file.Truncate(0)
	}
	return errors.Join(err, l.file.Close())
}

func lockedBy(path string) error {
	if pid := writerOf(path); pid != 0 {
		return fmt.Errorf("%w: %s is held by process %d", ErrLocked, path, pid)
	}
	return fmt.Errorf("%w: %s is held by a process that reads the store", ErrLocked, path)
}

// writerOf returns the living process that noted itself in a LOCK file, or 0.
func writerOf(path string) int {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || pid <= 0 || errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
		return 0
	}
	return pid
}
