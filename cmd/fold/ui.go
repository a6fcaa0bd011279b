package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"fold"
)

// ui shows one stream of events either to a person or, as JSON lines, to a
// program. Results go to out; progress and errors go to err.
type ui struct {
	out, err    io.Writer
	json, quiet bool
	terminal    bool // err is a terminal: progress may rewrite its line
	color       bool

	line     int       // width of the progress line on screen
	lastDraw time.Time // progress is redrawn at most ten times a second
	err1     error     // first error in writing to out
}

func newUI(out, err *os.File) *ui {
	tty := term.IsTerminal(int(err.Fd()))
	return &ui{out: out, err: err, terminal: tty, color: colored(tty)}
}

// colored follows https://no-color.org: NO_COLOR counts when it is not empty.
func colored(terminal bool) bool { return terminal && os.Getenv("NO_COLOR") == "" }

// event shows an event; it is what commands pass to the library.
func (u *ui) event(e fold.Event) {
	switch e := e.(type) {
	case fold.Progress:
		u.progress(e)
	case fold.Token:
		if u.json {
			u.message("token", e)
		} else {
			u.clear()
			u.text(e.Text)
		}
	default:
		panic(fmt.Sprintf("event %T without a renderer", e))
	}
}

func (u *ui) progress(p fold.Progress) {
	finished := p.Total > 0 && p.Done == p.Total
	if u.quiet || !finished && time.Since(u.lastDraw) < 100*time.Millisecond {
		return
	}
	u.lastDraw = time.Now()
	if u.json {
		u.message("progress", p)
		return
	}
	if !u.terminal {
		return
	}
	s := p.Stage
	if p.Total > 0 {
		s += fmt.Sprintf("  %3d %%  %d of %d", 100*p.Done/p.Total, p.Done, p.Total)
	}
	if p.Rate > 0 {
		s += fmt.Sprintf("  %.3g/s", p.Rate)
	}
	if p.Remaining > 0 {
		s += "  " + p.Remaining.Round(time.Second).String() + " to go"
	}
	u.clear()
	fmt.Fprint(u.err, s)
	u.line = len(s)
}

// clear wipes the progress line.
func (u *ui) clear() {
	if u.line > 0 {
		fmt.Fprintf(u.err, "\r%s\r", strings.Repeat(" ", u.line))
		u.line = 0
	}
}

// text writes a result for a person; a program gets messages alone.
func (u *ui) text(s string) {
	if u.json {
		return
	}
	u.clear()
	_, err := io.WriteString(u.out, s)
	u.keep(err)
}

func (u *ui) textf(format string, args ...any) { u.text(fmt.Sprintf(format, args...)) }

// note tells a person at a terminal something that is not part of the result.
func (u *ui) note(format string, args ...any) {
	if !u.json && !u.quiet && u.terminal {
		u.clear()
		fmt.Fprintf(u.err, format, args...)
	}
}

// summary is the last line of --json; a person has been told in text.
func (u *ui) summary(v any) {
	if u.json {
		u.message("summary", v)
	}
}

// message writes the JSON object v with message_type in front of its fields.
func (u *ui) message(kind string, v any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		u.keep(err)
		return
	}
	head := fmt.Sprintf(`{"message_type":%q`, kind)
	if b.Len() > len("{}\n") {
		head += ","
	}
	_, err := fmt.Fprintf(u.out, "%s%s", head, b.Bytes()[1:])
	u.keep(err)
}

func (u *ui) keep(err error) {
	if u.err1 == nil {
		u.err1 = err
	}
}

// finish reports how the command ended, error: and then hint:, and returns what
// went wrong, be it in writing the results.
func (u *ui) finish(err error) error {
	u.clear()
	if err == nil {
		err = u.err1
	}
	if err == nil {
		return nil
	}
	hint := ""
	if hinted := (interface{ Hint() string })(nil); errors.As(err, &hinted) {
		hint = hinted.Hint()
	}
	text := err.Error()
	if errors.Is(err, context.Canceled) {
		text = "cancelled"
	}
	if u.json {
		u.message("error", struct {
			Error string `json:"error"`
			Hint  string `json:"hint,omitempty"`
			Code  int    `json:"code"`
		}{text, hint, exitCode(err)})
		return err
	}
	fmt.Fprintf(u.err, "%s %s\n", u.paint("31", "error:"), text)
	if hint != "" {
		fmt.Fprintf(u.err, "%s %s\n", u.paint("36", "hint:"), hint)
	}
	return err
}

// paint colours s on a terminal.
func (u *ui) paint(code, s string) string {
	if !u.color {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}
