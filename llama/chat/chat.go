package chat

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/nikolalohinski/gonja/v2/config"
	"github.com/nikolalohinski/gonja/v2/exec"
	"github.com/nikolalohinski/gonja/v2/loaders"

	"fold.example/fold/internal/fault"
)

var (
	// ErrTemplate marks a template that is malformed, uses an unsupported feature, or
	// fails while it is rendered.
	ErrTemplate = fault.New(fault.ErrFormat, "chat template")
	// ErrLimit marks a template, a conversation or a rendering that exceeds a limit of
	// size, time or rounds.
	ErrLimit = fault.New(fault.ErrFormat, "chat template exceeds a limit")
	// ErrRefused marks a conversation that the template refuses by raise_exception, such
	// as one whose roles do not alternate.
	ErrRefused = fault.New(fault.ErrFormat, "chat template refuses the conversation")
)

// Message is one turn of a conversation. Role is usually system, user or assistant.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// Template is a parsed chat template. It may be used concurrently.
type Template struct {
	// Now is the clock of strftime_now. New sets it to time.Now.
	Now func() time.Time

	bos, eos string
	parsed   *exec.Template
}

// noFiles is a loader that has only the template itself.
type noFiles struct{ source string }

const rootName = "chat_template"

// Read returns the template, and an error for every other name.
func (l noFiles) Read(path string) (io.Reader, error) {
	if path != rootName {
		return nil, fmt.Errorf("a template cannot read %q", path)
	}
	return strings.NewReader(l.source), nil
}

// Resolve returns the name as it is.
func (l noFiles) Resolve(path string) (string, error) { return path, nil }

// Inherit returns the loader itself.
func (l noFiles) Inherit(string) (loaders.Loader, error) { return l, nil }

// New parses a template. bos and eos are the texts of the begin and end tokens, which
// templates write; either may be empty. The error wraps ErrTemplate or ErrLimit.
func New(template, bos, eos string) (t *Template, err error) {
	defer recoverInto(&err)
	cfg := config.New()
	cfg.TrimBlocks, cfg.LeftStripBlocks = true, true
	if err := checkSource(template, cfg); err != nil {
		return nil, err
	}
	parsed, err := exec.NewTemplate(rootName, cfg, noFiles{template}, newEnvironment())
	if err != nil {
		// The library's message begins with the whole source.
		if inner := errors.Unwrap(err); inner != nil {
			err = inner
		}
		return nil, (&budget{}).explain(err)
	}
	return &Template{Now: time.Now, bos: bos, eos: eos, parsed: parsed}, nil
}

// Render returns the text of a conversation. With addGenerationPrompt the text ends with
// the beginning of the assistant's turn. The error wraps ErrTemplate, ErrLimit or
// ErrRefused.
func (t *Template) Render(messages []Message, addGenerationPrompt bool) (text string, err error) {
	defer recoverInto(&err)
	list := make([]any, len(messages))
	size := 0
	for i, m := range messages {
		list[i] = map[string]any{"role": m.Role, "content": m.Content}
		size += len(m.Role) + len(m.Content)
	}
	if size > maxText {
		return "", fmt.Errorf("%w: a conversation of %d bytes, expected at most %d", ErrLimit, size, maxText)
	}
	b := &budget{deadline: time.Now().Add(maxTime)}
	ctx := exec.NewContext(map[string]any{
		budgetName:              b,
		"messages":              list,
		"add_generation_prompt": addGenerationPrompt,
		"bos_token":             t.bos,
		"eos_token":             t.eos,
		"raise_exception":       b.raise,
		"strftime_now":          func(format string) (string, error) { return strftime(t.Now(), format) },
	})
	var out output
	if err := t.parsed.Execute(&out, ctx); err != nil {
		return "", b.explain(err)
	}
	return out.text.String(), nil
}

// recoverInto turns a panic of the template library into an error that wraps ErrTemplate.
// The library panics on some templates, such as one that divides by zero.
func recoverInto(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %v", ErrTemplate, p)
	}
}

// output collects the rendered text up to maxOutput bytes.
type output struct{ text strings.Builder }

// Write appends to the text. The error wraps ErrLimit.
func (o *output) Write(p []byte) (int, error) {
	if o.text.Len()+len(p) > maxOutput {
		return 0, fmt.Errorf("%w: more than %d bytes of output", ErrLimit, maxOutput)
	}
	return o.text.Write(p)
}
