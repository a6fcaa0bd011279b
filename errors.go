package fold

import (
	"errors"
	"fmt"

	"fold/internal/commit"
	"fold/llama"
	"fold/llama/chat"
	"fold/llama/quality"
	"fold/llama/quantize"
	"fold/llama/source"
	"fold/llama/tokenizer"
)

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
	// ErrCorrupt: a file that has been damaged, cut short or contradicts itself.
	ErrCorrupt = errors.New("corrupt")
)

// kinds says which of our errors those of the packages below amount to.
var kinds = []struct{ below, ours error }{
	{source.ErrUnsupported, ErrFormat},
	{source.ErrNoTokenizer, ErrFormat},
	{source.ErrCorrupt, ErrCorrupt},
	{tokenizer.ErrUnsupported, ErrFormat},
	{tokenizer.ErrFormat, ErrCorrupt},
	{chat.ErrTemplate, ErrFormat},
	{chat.ErrLimit, ErrFormat},
	{chat.ErrRefused, ErrFormat},
	{quantize.ErrNotTernary, ErrFormat},
	{quantize.ErrShortText, ErrFormat},
	{llama.ErrFormat, ErrFormat},
	{llama.ErrInvalid, ErrFormat},
	{llama.ErrCorrupt, ErrCorrupt},
	{quality.ErrCard, ErrCorrupt},
	{commit.ErrFormat, ErrFormat},
	{commit.ErrCorrupt, ErrCorrupt},
	{commit.ErrTooShort, ErrFormat},
}

// classified is an error of a package below together with ours.
type classified struct{ err, kind error }

func (e classified) Error() string   { return e.err.Error() }
func (e classified) Unwrap() []error { return []error{e.err, e.kind} }

// classify has err wrap the error of ours that it amounts to.
func classify(err error) error {
	for _, k := range kinds {
		if errors.Is(err, k.below) {
			return classified{err, k.ours}
		}
	}
	return err
}

// hinted is an error with advice.
type hinted struct {
	error
	hint string
}

func (e hinted) Unwrap() error { return e.error }

// Hint says what could be done.
func (e hinted) Hint() string { return e.hint }

func withHint(err error, format string, args ...any) error {
	return hinted{err, fmt.Sprintf(format, args...)}
}
