package quantize

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode/utf8"

	"fold.example/fold/internal/fault"
)

// ErrShortText is wrapped when a text has too few tokens for calibration.
var ErrShortText = fault.New(fault.ErrFormat, "text too short to calibrate on")

// MinTokens is the smallest number of calibration tokens.
const MinTokens = 4096

// windowTokens is the length of a window where the context allows it.
const windowTokens = 256

//go:embed calibration.txt
var defaultText string

// DefaultText returns the default calibration text: prose, dialogue, code, lists and
// figures, partly in other languages than English, written for this purpose.
func DefaultText() string { return defaultText }

// Encoder turns text into tokens; a tokenizer.Tokenizer is one.
type Encoder interface {
	EncodeOrdinary(text string) []int
	// BOS returns the begin token and whether texts begin with it.
	BOS() (id int, add bool)
}

// NewWindows cuts windows of up to 256 tokens out of a text: the smallest number of
// windows with MinTokens tokens, spread evenly over the text. Each window is at position 0
// and starts with the beginning of a paragraph, because the largest activations depend on
// the first token. Windows begin with the begin token if texts do. The error wraps
// ErrShortText if the text has too few tokens.
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
	count := (MinTokens + size - 1) / size
	if len(ids) < count*step {
		return nil, fmt.Errorf("%w: it has %d tokens, expected at least %d", ErrShortText, len(ids), count*step)
	}
	windows := make([][]int, count)
	for i := range windows {
		part := enc.EncodeOrdinary(text[paragraphStart(text, i*len(text)/count):])
		if len(part) < step {
			part = ids[len(ids)-step:]
		}
		windows[i] = append(append([]int(nil), begin...), part[:step]...)
	}
	return windows, nil
}

// paragraphStart returns the start of the first paragraph after a byte of a text; of the
// first line if there is no paragraph, of the next character if there is no line.
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
