package checkpoint

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/cockroachdb/pebble/v2/vfs"

	"fold/internal/fault"
)

// What callers must tell apart; test with errors.Is.
var (
	// ErrNoStore: the folder does not exist or holds no store.
	ErrNoStore = fault.ErrNoStore
	// ErrExists: a store was to be made where there is already something.
	ErrExists = fault.ErrExists
	// ErrLocked: another process has the store open. The error names it.
	ErrLocked = fault.ErrLocked
	// ErrFormat: a file of another program, version, kind or parameters.
	ErrFormat = fault.ErrFormat
	// ErrCorrupt: something was altered, cut short, reordered or lost.
	ErrCorrupt = fault.ErrCorrupt
	// ErrNoSpace: the disk is full, or would be. What was durable still is.
	ErrNoSpace = fault.ErrNoSpace
	// ErrRange: a step that the store does not have, or one out of turn.
	ErrRange = errors.New("out of range")
	// ErrTooLarge: a step beyond [MaxStep].
	ErrTooLarge = errors.New("too large")
	// ErrReadOnly: a change to a store opened for reading.
	ErrReadOnly = errors.New("opened for reading")
	// ErrClosed: the store, or the snapshot, has been closed.
	ErrClosed = errors.New("closed")
)

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrCorrupt, fmt.Errorf(format, args...))
}

// engineError classifies what Pebble says while it reads: a complaint of the
// system is passed on, everything else means that the bytes are not those that
// were written. A file that is missing was there when the store was closed.
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

// writeError classifies what goes wrong while writing.
func writeError(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case vfs.IsNoSpaceError(err):
		return fmt.Errorf("%w: %s: %w", ErrNoSpace, doing, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}
