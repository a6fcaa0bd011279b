package quantize

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode/utf8"

	"fold/internal/fault"
)

// ErrShortText is wrapped when a text has too few tokens to calibrate on.
var ErrShortText = fault.New(fault.ErrFormat, "text too short to calibrate on")

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

// NewWindows cuts windows of up to 256 tokens out of a text, as few as hold
// MinTokens and spread evenly over it. Each starts at position 0, with the
// beginning of a paragraph, as a text does: it depends on the first token how
// large the largest activations are. If texts have a begin token, so have windows. The
// error wraps ErrShortText if there are not enough tokens.
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
	if strings.TrimSpace(text) == "" {
		return nil, fmt.Errorf("%w: it is empty or nothing but white space", ErrShortText)
	}
	ids := enc.EncodeOrdinary(text)
	want := (MinTokens + size - 1) / size
	if len(ids) < want*step {
		return nil, fmt.Errorf("%w: it has %d tokens, expected at least %d", ErrShortText, len(ids), want*step)
	}
	windows := make([][]int, want)
	for i := range windows {
		part := enc.EncodeOrdinary(text[paragraphStart(text, i*len(text)/want):])
		if len(part) < step {
			part = ids[len(ids)-step:]
		}
		windows[i] = append(append([]int(nil), begin...), part[:step]...)
	}
	return windows, nil
}

// paragraphStart returns where the first paragraph after a byte of a text
// starts, or else the first line, or else the next character.
func paragraphStart(text string, at int) int {
	if at == 0 {
		return 0
	}
	for _, end := range []string{"\n\n", "\n"} {
		if n := strings.Index(text[at:], end); n >= 0 {
			rest := text[at+n:]
			return len(text) - len(strings.TrimLeft(rest, "\n"))
		}
	}
	for at < len(text) && !utf8.RuneStart(text[at]) {
		at++
	}
	return at
}
