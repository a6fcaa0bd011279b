package checkpoint

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/cockroachdb/pebble/v2/vfs"

	"fold.example/fold/internal/fault"
)

// The classes of errors; test with errors.Is.
var (
	// ErrNoStore is wrapped when the folder does not exist or holds no store.
	ErrNoStore = fault.ErrNoStore
	// ErrExists is wrapped when the folder for a new store has files already.
	ErrExists = fault.ErrExists
	// ErrLocked is wrapped when another process has the store open. The error names the
	// process if it is known.
	ErrLocked = fault.ErrLocked
	// ErrFormat is wrapped for a file of another program, version, kind or parameters.
	ErrFormat = fault.ErrFormat
	// ErrCorrupt is wrapped when data was altered, truncated, reordered or lost.
	ErrCorrupt = fault.ErrCorrupt
	// ErrNoSpace is wrapped when the disk is full, or would be. Durable data stays durable.
	ErrNoSpace = fault.ErrNoSpace
	// ErrRange is wrapped for a step that the store does not have, or that is not the next.
	ErrRange = errors.New("out of range")
	// ErrTooLarge is wrapped for a step beyond [MaxStep], and for too long details or notes.
	ErrTooLarge = errors.New("too large")
	// ErrReadOnly is wrapped for a change to a store that was opened for reading.
	ErrReadOnly = errors.New("opened for reading")
	// ErrClosed is wrapped when the store, or the snapshot, has been closed.
	ErrClosed = errors.New("closed")
)

// corrupt returns an error that wraps ErrCorrupt.
func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrCorrupt, fmt.Errorf(format, args...))
}

// engineError classifies an error of Pebble while it reads. An error of the operating system
// is passed on. Every other error, and a missing file, means that the store was altered, and
// wraps ErrCorrupt.
func engineError(doing string, err error) error {
	var errno syscall.Errno
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrCorrupt), errors.Is(err, ErrNoSpace):
		return err
	case vfs.IsNoSpaceError(err):
		return fmt.Errorf("%w: %s: %w", ErrNoSpace, doing, err)
	case errors.As(err, &errno) && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: %w", doing, err)
	}
	return corrupt("%s: %w", doing, err)
}

// writeError classifies an error while writing: it wraps ErrNoSpace for a full disk.
func writeError(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case vfs.IsNoSpaceError(err):
		return fmt.Errorf("%w: %s: %w", ErrNoSpace, doing, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}
