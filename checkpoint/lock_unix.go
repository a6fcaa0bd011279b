//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package checkpoint

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"fold.example/fold/internal/files"
)

// heldLock is a lock on the folder and on its file LOCK. The operating system releases it
// with the process, however the process ends. LOCK alone does not suffice: it is empty and
// looks stale, so people delete it, or leave it out of a copy of the folder. The folder alone
// does not suffice on file systems that lock only files.
type heldLock struct {
	folder *os.File
	file   *os.File // nil in a read-only folder without LOCK
	writer bool
}

// lockFile takes the lock for writing, exclusively, or for reading, together with other
// readers. path is the path of LOCK, which is made if it is missing. The lock is flock and
// not fcntl: a lock of fcntl does not exclude two openings within one process, and is lost
// when any descriptor of the file is closed.
func lockFile(path string, writer bool) (io.Closer, error) {
	how := unix.LOCK_SH
	if writer {
		how = unix.LOCK_EX
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	l := &heldLock{folder: folder, writer: writer}
	if err := l.take(path, how); err != nil {
		return nil, errors.Join(err, folder.Close())
	}
	return l, nil
}

// take locks the folder and LOCK. Only one of them need be lockable.
func (l *heldLock) take(path string, how int) error {
	err := flock(l.folder, path, how)
	byFolder := err == nil
	if err != nil && !notLockable(err) {
		return err
	}
	file, err := openLock(path, l.writer)
	if err != nil && !l.writer && byFolder && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		if err = flock(file, path, how); err == nil && l.writer {
			err = writeError("writing "+path, errors.Join(file.Truncate(0), writePID(file)))
		}
		if err != nil {
			file.Close()
		}
	}
	l.file = file
	return err
}

// openLock opens LOCK, and makes it if it is missing. The error wraps fs.ErrNotExist for a
// reader that may not make it.
func openLock(path string, writer bool) (*os.File, error) {
	if !writer {
		if f, err := files.Open(path); !errors.Is(err, fs.ErrNotExist) {
			return f, err
		}
	}
	f, err := files.OpenAs(path, os.O_RDWR|os.O_CREATE, 0o600)
	if !writer && (errors.Is(err, fs.ErrPermission) || errors.Is(err, unix.EROFS)) {
		return nil, fmt.Errorf("%s is missing and cannot be made (make an empty file of that name): %w", path,
			fs.ErrNotExist)
	}
	return f, err
}

// flock locks an open file. The error wraps ErrLocked and names the holder of the lock.
func flock(f *os.File, path string, how int) error {
	err := unix.Flock(int(f.Fd()), how|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return lockedBy(path)
	}
	if err != nil {
		return fmt.Errorf("locking %s: %w", path, err)
	}
	return nil
}

// notLockable reports whether an error means that the file system does not lock folders. NFS,
// for instance, gives a lock for writing only on a file that is open for writing.
func notLockable(err error) bool {
	for _, e := range []error{unix.EBADF, unix.EINVAL, unix.EISDIR, unix.ENOLCK, unix.ENOTSUP, unix.EOPNOTSUPP} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// writePID writes the id of this process to a LOCK file.
func writePID(f *os.File) error {
	_, err := fmt.Fprintf(f, "%d\n", os.Getpid())
	return err
}

// Close releases the lock. A writer empties LOCK first, so that a pid in it belongs to a
// writer that is running or was killed.
func (l *heldLock) Close() error {
	var err error
	if l.file != nil && l.writer {
		err = l.file.Truncate(0)
	}
	if l.file != nil {
		err = errors.Join(err, l.file.Close())
	}
	return errors.Join(err, l.folder.Close())
}

// lockedBy returns the error about the holder of a lock.
func lockedBy(path string) error {
	if pid := writerOf(path); pid != 0 {
		return fmt.Errorf("%w: %s is held by process %d", ErrLocked, path, pid)
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s is held by another process, whose LOCK was deleted", ErrLocked, filepath.Dir(path))
	}
	return fmt.Errorf("%w: %s is held by a process that reads the store", ErrLocked, path)
}

// maxPID bounds the length of LOCK in bytes.
const maxPID = 32

// writerOf returns the running process whose id is in a LOCK file, or 0.
func writerOf(path string) int {
	text, err := files.Read(path, maxPID)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || pid <= 0 || errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
		return 0
	}
	return pid
}
