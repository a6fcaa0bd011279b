package fold

import "errors"

// What callers must tell apart; test with errors.Is. The program's exit codes
// follow from them.
var (
	// ErrRejected: a proof, or what it is said to prove, is not accepted.
	ErrRejected = errors.New("rejected")
	// ErrNoStore: there is no store where one was expected.
	ErrNoStore = errors.New("no store")
	// ErrLocked: another process has the store.
	ErrLocked = errors.New("locked")
	// ErrFormat: a file of another kind, version, model or parameters.
	ErrFormat = errors.New("wrong format")
	// ErrCorrupt: a file that is ours and has been damaged.
	ErrCorrupt = errors.New("corrupt")
)
