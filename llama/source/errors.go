package source

import (
	"errors"
	"fmt"
)

// ErrUnsupported marks a well-formed model that this package does not read: another
// architecture, format, tensor type or quantisation.
var ErrUnsupported = errors.New("unsupported model")

// ErrCorrupt marks a file that contradicts itself or its configuration, or that
// was cut short.
var ErrCorrupt = errors.New("damaged model")

// ErrNoTokenizer marks a model without a tokenizer beside or inside it.
var ErrNoTokenizer = errors.New("no tokenizer found")

func unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrUnsupported, fmt.Errorf(format, args...))
}

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrCorrupt, fmt.Errorf(format, args...))
}
