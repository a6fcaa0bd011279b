package fault

import (
	"errors"
	"fmt"
)

// The classes of errors that callers tell apart with errors.Is. Package fold exports them,
// and the program's exit codes follow from them.
var (
	// ErrRejected is the class of a proof, or of a statement about one, that is not accepted.
	ErrRejected = errors.New("rejected")
	// ErrNoStore is the class of a missing store.
	ErrNoStore = errors.New("no store")
	// ErrLocked is the class of a store that another process has.
	ErrLocked = errors.New("locked")
	// ErrFormat is the class of a file of another kind, version, model or parameters, and
	// of options that do not fit.
	ErrFormat = errors.New("wrong format")
	// ErrCorrupt is the class of a file that is damaged, cut short or contradicts itself.
	ErrCorrupt = errors.New("corrupt")
	// ErrNoSpace is the class of a full disk, or of one that would be full.
	ErrNoSpace = errors.New("no space left on the disk")
	// ErrNoMemory is the class of work that takes more memory than there is.
	ErrNoMemory = errors.New("not enough memory")
	// ErrExists is the class of a name that is taken where a store or a proof was to be made.
	ErrExists = errors.New("already exists")
)

// sentinel is an error of a package with a text of its own and the class that it belongs to.
type sentinel struct {
	text  string
	class error
}

func (s *sentinel) Error() string { return s.text }

// Unwrap makes errors.Is find the class wherever the sentinel is wrapped.
func (s *sentinel) Unwrap() error { return s.class }

// New returns a sentinel error with the given text that belongs to a class. It is for the
// variables that packages declare: errors that wrap the sentinel wrap the class as well.
func New(class error, text string) error { return &sentinel{text, class} }

// Rejected has err wrap ErrRejected.
func Rejected(err error) error { return fmt.Errorf("%w: %w", ErrRejected, err) }
