package tokenizer

import (
	"fmt"

	"fold.example/fold/internal/fault"
)

var (
	// ErrCorrupt marks a file that is not a well-formed tokenizer. Packages llama and
	// source use the same name for files that contradict themselves.
	ErrCorrupt = fault.New(fault.ErrCorrupt, "malformed tokenizer")
	// ErrUnsupported marks a well-formed tokenizer that needs a feature this package lacks;
	// the text names the feature.
	ErrUnsupported = fault.New(fault.ErrFormat, "unsupported tokenizer")
)

// malformed returns an error that wraps ErrCorrupt.
func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCorrupt, fmt.Sprintf(format, args...))
}

// unsupported returns an error that wraps ErrUnsupported.
func unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrUnsupported, fmt.Sprintf(format, args...))
}
