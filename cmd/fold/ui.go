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

	"fold.example/fold"
)

// ui presents one stream of events, either to a person or to a program as JSON lines.
// Results go to out; progress and errors go to err.
type ui struct {
	out, err    io.Writer
	json, quiet bool
	terminal    bool // err is a terminal: progress may rewrite its line
	screen      bool // out is a terminal too: progress must not overwrite streamed text
	color       bool

	line     int       // width of the progress line on the screen
	streamed bool      // the streamed text has not reached the end of its line
	midLine  bool      // and that text is on the screen
	lastDraw time.Time // when the progress line was last drawn, see redraw
	err1     error     // first error of writing to out
}

// redraw is the minimum time between two progress lines.
const redraw = 100 * time.Millisecond

func newUI(out, err *os.File) *ui {
	tty := term.IsTerminal(int(err.Fd()))
	return &ui{out: out, err: err, terminal: tty, screen: tty && term.IsTerminal(int(out.Fd())), color: colored(tty)}
}

// colored follows https://no-color.org: NO_COLOR is in effect if it is not empty.
func colored(terminal bool) bool { return terminal && os.Getenv("NO_COLOR") == "" }

// event presents an event. Commands pass it to the library as the callback.
func (u *ui) event(e fold.Event) {
	switch e := e.(type) {
	case fold.Progress:
		u.progress(e)
	case fold.Token:
		if u.json {
			u.message("token", e)
		} else {
			u.text(e.Text)
		}
	case fold.Entered: // for measurement
	case fold.Started:
		u.started(e)
	case fold.Step:
		u.step(e)
	default:
		panic(fmt.Sprintf("event %T without a renderer", e))
	}
}

func (u *ui) progress(p fold.Progress) {
	finished := p.Total > 0 && p.Done == p.Total
	if u.quiet || !finished && time.Since(u.lastDraw) < redraw {
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
	u.draw(s + toGo(p.Remaining))
}

func toGo(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return "  " + d.Round(time.Second).String() + " to go"
}

// started shows the text to which the streamed tokens are added.
func (u *ui) started(s fold.Started) {
	if u.json {
		u.message("started", s)
		return
	}
	u.note("model %s\n", s.ModelID)
	if s.CompressBits > s.KeyBits {
		u.note("the key has 2^%d points: fold compress will need one of the same ceremony with 2^%d\n", s.KeyBits,
			s.CompressBits)
	}
	u.text(s.Prompt + s.Output)
}

// step shows the progress of a run. In JSON, every step is written.
func (u *ui) step(s fold.Step) {
	if u.quiet {
		return
	}
	if u.json {
		u.message("step", s)
		return
	}
	if !u.terminal || s.Step < s.Of && time.Since(u.lastDraw) < redraw {
		return
	}
	u.lastDraw = time.Now()
	u.draw(fmt.Sprintf("step %d of %d  %3d %%  %.3g tokens/s  %s%s",
		s.Step, s.Of, 100*s.Step/max(s.Of, 1), s.Rate, size(s.Memory), toGo(s.Remaining)))
}

// These sequences draw below the line of the streamed text. The cursor moves down, with a
// new line if necessary, and back up before its position is saved, so the saved position is
// right even if the screen has scrolled.
const (
	below   = "\x1bD\x1b[A\x1b7\x1b[B\r"
	wipe    = "\x1b[K"
	restore = "\x1b8"
)

// draw writes the progress line at the cursor, or below a line of streamed text that is not
// complete.
func (u *ui) draw(s string) {
	if u.midLine {
		fmt.Fprint(u.err, below+s+wipe+restore)
	} else {
		u.clear()
		fmt.Fprint(u.err, s)
	}
	u.line = len(s)
}

// clear erases the progress line.
func (u *ui) clear() {
	switch {
	case u.line == 0:
	case u.midLine:
		fmt.Fprint(u.err, below+wipe+restore)
	default:
		fmt.Fprintf(u.err, "\r%s\r", strings.Repeat(" ", u.line))
	}
	u.line = 0
}

// breakLine ends the line of streamed text.
func (u *ui) breakLine() {
	if u.streamed {
		u.text("\n")
	}
}

// text writes a result for a person, with control characters escaped. In JSON mode it
// writes nothing, because messages carry the results.
func (u *ui) text(s string) {
	if !u.json {
		u.raw(visible(s))
	}
}

// verdict writes a word, coloured on a terminal, and a text.
func (u *ui) verdict(word, format string, args ...any) {
	if !u.json {
		u.raw(u.good(word) + " " + visible(fmt.Sprintf(format, args...)))
	}
}

// raw writes text whose control characters are escaped already.
func (u *ui) raw(s string) {
	u.clear()
	_, err := io.WriteString(u.out, s)
	u.keep(err)
	if s != "" {
		u.streamed = !strings.HasSuffix(s, "\n")
		u.midLine = u.screen && u.streamed
	}
}

func (u *ui) textf(format string, args ...any) { u.text(fmt.Sprintf(format, args...)) }

// note tells a person at a terminal something that is not part of the result.
func (u *ui) note(format string, args ...any) {
	if !u.json && !u.quiet && u.terminal {
		u.clear()
		fmt.Fprint(u.err, visible(fmt.Sprintf(format, args...)))
	}
}

// warn reports something that was ignored.
func (u *ui) warn(format string, args ...any) {
	u.clear()
	u.breakLine()
	fmt.Fprintf(u.err, "%s %s\n", u.paint("33", "warning:"), visible(fmt.Sprintf(format, args...)))
}

// summary writes the last line of --json. In text mode it writes nothing.
func (u *ui) summary(v any) {
	if u.json {
		u.message("summary", v)
	}
}

// message writes the JSON object v with message_type as its first field.
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
	_, err := fmt.Fprintf(u.out, "%s%s", head, visibleJSON(b.Bytes())[1:])
	u.keep(err)
}

func (u *ui) keep(err error) {
	if u.err1 == nil {
		u.err1 = err
	}
}

// finish reports the command's error, after "error:" and "hint:", and returns it, or the
// first error of writing the results.
func (u *ui) finish(err error) error {
	u.clear()
	if err == nil {
		err = u.err1
	}
	if err == nil {
		return nil
	}
	hint := hintOf(err)
	u.breakLine()
	text := err.Error()
	stopped := (*fold.Stopped)(nil)
	switch {
	case errors.As(err, &stopped) && errors.Is(err, context.Canceled):
		text = fmt.Sprintf("stopped after step %d of %d", stopped.Step, stopped.Of)
	case stopped == nil && errors.Is(err, context.Canceled):
		text = "cancelled"
	}
	if u.json {
		if done := (answered{}); !errors.As(err, &done) {
			u.message("error", failureOf(err, text, hint))
		}
		return err
	}
	fmt.Fprintf(u.err, "%s %s\n", u.paint("31", "error:"), visible(text))
	if hint != "" {
		fmt.Fprintf(u.err, "%s %s\n", u.paint("36", "hint:"), visible(hint))
	}
	return err
}

// answered is an error that the JSON summary already reports, so no error message follows.
type answered struct{ error }

func (a answered) Unwrap() error { return a.error }

// failure is the JSON message of an error.
type failure struct {
	Error    string `json:"error"`
	Hint     string `json:"hint,omitempty"`
	Code     int    `json:"code"`               // exit code
	Accepted *bool  `json:"accepted,omitempty"` // false if a proof is rejected
	Resume   string `json:"resume,omitempty"`   // command that continues the work
}

func failureOf(err error, text, hint string) failure {
	f := failure{Error: text, Hint: hint, Code: exitCode(err)}
	if f.Code == exitRejected {
		f.Accepted = new(bool)
	}
	if stopped := (*fold.Stopped)(nil); errors.As(err, &stopped) {
		f.Resume = resumeCommand(stopped.Store)
	}
	return f
}

// good colours text for an accepted result, which goes to out.
func (u *ui) good(s string) string {
	if !u.screen {
		return s
	}
	return u.paint("32", s)
}

// paint colours s on a terminal.
func (u *ui) paint(code, s string) string {
	if !u.color {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}
