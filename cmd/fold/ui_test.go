package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fold.example/fold"
)

// screen returns a ui that treats its output as a terminal, and the buffers that it writes
// to.
func screen() (u *ui, out, err *bytes.Buffer) {
	out, err = new(bytes.Buffer), new(bytes.Buffer)
	return &ui{out: out, err: err, terminal: true, color: true}, out, err
}

func TestProgressIsRewrittenAndWiped(t *testing.T) {
	u, out, err := screen()
	u.event(fold.Progress{Stage: "layers", Done: 3, Total: 4, Rate: 1.5, Remaining: 2 * time.Second})
	require.Equal(t, "layers   75 %  3 of 4  1.5/s  2s to go", err.String())
	require.Empty(t, out.String())
	line := err.Len()
	err.Reset()
	u.event(fold.Progress{Stage: "layers", Done: 3, Total: 4})
	require.Empty(t, err.String(), "redrawn at once")
	u.text("done\n")
	require.Equal(t, fmt.Sprintf("\r%*s\r", line, ""), err.String())
	require.Equal(t, "done\n", out.String())
}

// Streamed text stays on the screen while progress lines are drawn and erased below it.
func TestProgressBelowStreamedText(t *testing.T) {
	u, out, err := screen()
	u.screen = true
	u.event(fold.Started{Prompt: "ROMEO:", Output: " I"})
	err.Reset()
	u.event(fold.Step{Step: 3, Of: 4, Rate: 2, Memory: 3 << 20, Remaining: time.Second})
	require.Equal(t, below+"step 3 of 4   75 %  2 tokens/s  3.0 MiB  1s to go"+wipe+restore, err.String())
	err.Reset()
	u.event(fold.Token{Text: " am"})
	require.Equal(t, below+wipe+restore, err.String())
	require.Equal(t, "ROMEO: I am", out.String())
	u.breakLine()
	u.breakLine()
	require.Equal(t, "ROMEO: I am\n", out.String())
	err.Reset()
	u.event(fold.Step{Step: 4, Of: 4})
	require.NotContains(t, err.String(), "\x1b", "nothing to spare on an empty line")
}

func TestStoppedSaysHowToGoOn(t *testing.T) {
	u, out, err := screen()
	u.color = false
	u.event(fold.Started{Prompt: "ROMEO:"})
	stopped := &fold.Stopped{Store: "my store", Step: 3, Of: 40, Reason: context.Canceled}
	require.Equal(t, exitCancelled, exitCode(u.finish(stopped)))
	require.Equal(t, "ROMEO:\n", out.String())
	require.Contains(t, err.String(),
		"error: stopped after step 3 of 40\nhint: go on with: fold resume -s 'my store'\n")

	u, _, err = screen()
	u.color = false
	stopped.Reason = fold.ErrNoSpace
	require.Equal(t, exitFailure, exitCode(u.finish(stopped)))
	require.Contains(t, err.String(), "no space left")
}

func TestNoProgressWhereNobodyLooks(t *testing.T) {
	for _, off := range []func(*ui){
		func(u *ui) { u.quiet = true },
		func(u *ui) { u.terminal = false },
	} {
		u, out, err := screen()
		off(u)
		u.event(fold.Progress{Stage: "head", Done: 1, Total: 1})
		u.note("faster than ever\n")
		require.Empty(t, out.String()+err.String())
	}
}

func TestColour(t *testing.T) {
	u, _, err := screen()
	require.Error(t, u.finish(errors.New("no")))
	require.Equal(t, "\x1b[31merror:\x1b[0m no\n", err.String())
	u, _, err = screen()
	u.color = false
	require.Error(t, u.finish(errors.New("no")))
	require.Equal(t, "error: no\n", err.String())

	require.True(t, colored(true))
	require.False(t, colored(false))
	t.Setenv("NO_COLOR", "1")
	require.False(t, colored(true))
	t.Setenv("NO_COLOR", "")
	require.True(t, colored(true), "an empty NO_COLOR is none")
}

func TestExitCodes(t *testing.T) {
	for code, err := range map[int]error{
		exitOK: nil, exitFailure: os.ErrNotExist, exitUsage: usagef("so not"), exitCancelled: context.Canceled,
		exitRejected: fold.ErrRejected, exitNoStore: fold.ErrNoStore, exitLocked: fold.ErrLocked,
		exitFormat: fold.ErrFormat, exitCorrupt: fold.ErrCorrupt,
	} {
		require.Equal(t, code, exitCode(err))
		if err != nil {
			require.Equal(t, code, exitCode(fmt.Errorf("while working: %w", err)))
		}
	}
}

// broken is a pipe whose reader is closed.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestResultsThatCannotBeWrittenAreAFailure(t *testing.T) {
	u, _, err := screen()
	u.out = broken{}
	u.text("result")
	require.EqualError(t, u.finish(nil), "broken pipe")
	require.Contains(t, err.String(), "broken pipe")
}
