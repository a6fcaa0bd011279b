package quantize

import (
	_ "embed"
	"errors"
	"fmt"
)

// ErrShortText is wrapped when a text has too few tokens to calibrate on.
var ErrShortText = errors.New("text too short to calibrate on")

// MinTokens is the number of tokens that exponents are calibrated on, at least.
const MinTokens = 4096

// windowTokens is the length of a window where the context allows it.
const windowTokens = 256

//go:embed calibration.txt
var defaultText string

// DefaultText returns the text that is calibrated on unless another is given:
// prose, dialogue, code, lists and figures, and some of it not in English,
// written for this purpose.
func DefaultText() string { return defaultText }

// Encoder turns text into tokens; a tokenizer.Tokenizer is one.
type Encoder interface {
	EncodeOrdinary(text string) []int
	// BOS returns the begin token and whether texts start with it.
	BOS() (id int, add bool)
}

// NewWindows cuts a text into windows of up to 256 tokens that each start at
// position 0, with the begin token if texts have one, and returns as few of them
// as hold MinTokens, spread evenly over the text. The error wraps ErrShortText
// if there are not as many.
func NewWindows(enc Encoder, text string, context int) ([][]int, error) {
	var begin []int
	if id, add := enc.BOS(); add {
		begin = []int{id}
	}
	size := min(windowTokens, context)
	step := size - len(begin)
	if step < 1 {
		return nil, fmt.Errorf("%w: a context of %d leaves no room for text", ErrShortText, context)
	}
	ids := enc.EncodeOrdinary(text)
	have, want := len(ids)/step, (MinTokens+size-1)/size
	if have < want {
		return nil, fmt.Errorf("%w: it has %d tokens, expected at least %d", ErrShortText, len(ids), want*step)
	}
	windows := make([][]int, want)
	for i := range windows {
		at := i * have / want * step
		windows[i] = append(append([]int(nil), begin...), ids[at:at+step]...)
	}
	return windows, nil
}
