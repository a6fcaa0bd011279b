package fold

import (
	"errors"
	"fmt"
	"strings"

	"fold/checkpoint"
	"fold/internal/commit"
	"fold/internal/files"
	"fold/llama"
	"fold/llama/chat"
	"fold/llama/quality"
	"fold/llama/quantize"
	"fold/llama/source"
	"fold/llama/tokenizer"
	"fold/step"
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
	// ErrNoSpace: the disk is full, or would be. What was durable still is.
	ErrNoSpace = errors.New("no space left on the disk")
	// ErrNoMemory: the work would take more memory than there is.
	ErrNoMemory = errors.New("not enough memory")
	// ErrExists: something is where a store was to be made.
	ErrExists = errors.New("already exists")
)

// Stopped is the error of a run that stopped before its end and can be resumed:
// nothing that it had proven is lost. It wraps the reason, context.Canceled after
// an interrupt.
type Stopped struct {
	Store    string
	Step, Of int // so many steps are done, of all
	Reason   error
}

func (s *Stopped) Error() string {
	return fmt.Sprintf("stopped after step %d of %d: %v", s.Step, s.Of, s.Reason)
}

func (s *Stopped) Unwrap() error { return s.Reason }

// Hint says how to go on.
func (s *Stopped) Hint() string { return "go on with: " + s.Command() }

// Command is the command that resumes.
func (s *Stopped) Command() string { return "fold resume -s " + shellQuote(s.Store) }

// shellQuote writes a word as a shell reads it.
func shellQuote(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+=:,@%", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// kinds says which of our errors those of the packages below amount to.
var kinds = []struct{ below, ours error }{
	{files.ErrNotRegular, ErrFormat},
	{files.ErrTooLarge, ErrFormat},
	{files.ErrChanged, ErrCorrupt},
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
	{step.ErrPlan, ErrFormat},
	{checkpoint.ErrNoStore, ErrNoStore},
	{checkpoint.ErrExists, ErrExists},
	{checkpoint.ErrLocked, ErrLocked},
	{checkpoint.ErrFormat, ErrFormat},
	{checkpoint.ErrCorrupt, ErrCorrupt},
	{checkpoint.ErrNoSpace, ErrNoSpace},
	{step.ErrCommitment, ErrCorrupt},
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

// guarded runs work on mapped weights: that their file was truncated meanwhile is an
// error, which wraps ErrCorrupt.
func guarded(work func() error) error { return classify(files.Guard(work)) }

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
