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

	"fold/internal/fault"
)

var (
	// ErrTemplate marks a template that is malformed, uses what is not
	// supported, or fails while it is rendered.
	ErrTemplate = fault.New(fault.ErrFormat, "chat template")
	// ErrLimit marks a template or a conversation that is too large or takes
	// too much.
	ErrLimit = fault.New(fault.ErrFormat, "chat template exceeds a limit")
	// ErrRefused marks a conversation that the template itself refuses
	// (raise_exception), such as one whose roles do not alternate.
	ErrRefused = fault.New(fault.ErrFormat, "chat template refuses the conversation")
)

// Message is one turn. Role is usually system, user or assistant.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// Template is a parsed chat template. It may be used concurrently.
type Template struct {
	// Now is the clock of strftime_now; time.Now unless set.
	Now func() time.Time

	bos, eos string
	parsed   *exec.Template
}

// noFiles is a loader that has the template itself and nothing else.
type noFiles struct{ source string }

const rootName = "chat_template"

func (l noFiles) Read(path string) (io.Reader, error) {
	if path != rootName {
		return nil, fmt.Errorf("a template cannot read %q", path)
	}
	return strings.NewReader(l.source), nil
}

func (l noFiles) Resolve(path string) (string, error) { return path, nil }

func (l noFiles) Inherit(string) (loaders.Loader, error) { return l, nil }

// New parses a template. bos and eos are the texts of the begin and end tokens,
// which templates write out; either may be empty.
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

// Render returns the text of a conversation. addGenerationPrompt has the
// template end with the beginning of the assistant's turn.
func (t *Template) Render(messages []Message, addGenerationPrompt bool) (text string, err error) {
	defer recoverInto(&err)
	list := make([]any, len(messages))
	size := 0
	for i, m := range messages {
		list[i] = map[string]any{"role": m.Role, "content": m.Content}
		size += len(m.Role) + len(m.Content)
	}
	if size > maxText {
		return "", fmt.Errorf("%w: a conversation of %d bytes, at most %d", ErrLimit, size, maxText)
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

// recoverInto turns a panic of the template library into an error: it trusts
// templates more than we do (a division by zero panics).
func recoverInto(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %v", ErrTemplate, p)
	}
}

// output collects what is rendered, up to a limit.
type output struct{ text strings.Builder }

func (o *output) Write(p []byte) (int, error) {
	if o.text.Len()+len(p) > maxOutput {
		return 0, fmt.Errorf("%w: more than %d bytes of output", ErrLimit, maxOutput)
	}
	return o.text.Write(p)
}
