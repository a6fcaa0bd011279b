package tokenizer

import (
	"fmt"

	"fold/internal/fault"
)

var (
	// ErrFormat marks a file that is not a well-formed tokenizer.
	ErrFormat = fault.New(fault.ErrCorrupt, "malformed tokenizer")
	// ErrUnsupported marks a well-formed tokenizer that needs something this
	// package does not do; the message names it.
	ErrUnsupported = fault.New(fault.ErrFormat, "unsupported tokenizer")
)

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrFormat, fmt.Sprintf(format, args...))
}

func unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrUnsupported, fmt.Sprintf(format, args...))
}
