package fault

import (
	"errors"
	"fmt"
)

// Classes of errors, which callers distinguish with errors.Is. Package fold exports them,
// and they determine the program's exit codes.
var (
	// ErrRejected is the class of a proof, or a statement about a proof, that is not accepted.
	ErrRejected = errors.New("rejected")
	// ErrNoStore is the class of a missing store.
	ErrNoStore = errors.New("no store")
	// ErrLocked is the class of a store that another process has locked.
	ErrLocked = errors.New("locked")
	// ErrFormat is the class of a file of another kind, version, model or parameters, and of
	// invalid or conflicting options.
	ErrFormat = errors.New("wrong format")
	// ErrCorrupt is the class of a file that is damaged, truncated or inconsistent.
	ErrCorrupt = errors.New("corrupt")
	// ErrNoSpace is the class of a full disk, or of one too small for the file to write.
	ErrNoSpace = errors.New("no space left on the disk")
	// ErrNoMemory is the class of work that needs more memory than is available.
	ErrNoMemory = errors.New("not enough memory")
	// ErrExists is the class of an existing file or folder where a store or a proof was to be
	// created.
	ErrExists = errors.New("already exists")
)

// sentinel is a package's error with its own text and class.
type sentinel struct {
	text  string
	class error
}

func (s *sentinel) Error() string { return s.text }

// Unwrap returns the class, so errors.Is finds it wherever the sentinel is wrapped.
func (s *sentinel) Unwrap() error { return s.class }

// New returns a sentinel error with the given text and class. Packages declare their errors
// with it: errors that wrap the sentinel also wrap the class.
func New(class error, text string) error { return &sentinel{text, class} }

// Rejected returns an error that wraps ErrRejected and err.
func Rejected(err error) error { return fmt.Errorf("%w: %w", ErrRejected, err) }
