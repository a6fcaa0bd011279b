package tokenizer

import (
	"errors"
	"fmt"
)

var (
	// ErrFormat marks a file that is not a well-formed tokenizer.
	ErrFormat = errors.New("malformed tokenizer")
	// ErrUnsupported marks a well-formed tokenizer that needs something this
	// package does not do; the message names it.
	ErrUnsupported = errors.New("unsupported tokenizer")
)

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrFormat, fmt.Sprintf(format, args...))
}

func unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrUnsupported, fmt.Sprintf(format, args...))
}
