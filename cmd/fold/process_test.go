package main

import (
	"bufio"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// process is a fold process in the background of a script, with --json.
type process struct {
	cmd   *exec.Cmd
	lines *bufio.Reader
}

// start runs fold with the script's folder and variables.
func start(ts *testscript.TestScript, args []string) *process {
	cmd := exec.Command("fold", append(args[1:], "--json")...)
	cmd.Dir, cmd.Env = ts.MkAbs("."), []string{"TMPDIR=" + ts.Getenv("TMPDIR")}
	if path, err := exec.LookPath(filepath.Join(strings.Split(ts.Getenv("PATH"), string(os.PathListSeparator))[0],
		"fold")); err == nil {
		cmd.Path, cmd.Err = path, nil
	}
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	return &process{cmd, bufio.NewReader(out)}
}

// await reads lines until one contains a text.
func (p *process) await(ts *testscript.TestScript, text string) {
	for {
		line, err := p.lines.ReadString('\n')
		if err != nil {
			ts.Fatalf("no line with %q: %v", text, err)
		}
		if strings.Contains(line, text) {
			return
		}
	}
}

// end sends a signal, and returns the remaining output and the exit code.
func (p *process) end(ts *testscript.TestScript, s os.Signal) (rest string, code int) {
	ts.Check(p.cmd.Process.Signal(s))
	text, err := io.ReadAll(p.lines)
	ts.Check(err)
	_ = p.cmd.Wait() // the exit code is checked instead
	return string(text), p.cmd.ProcessState.ExitCode()
}

// interrupt runs fold, interrupts it after the first line, requires the exit code for
// cancellation, and shows the rest of the output.
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, len(args) > 1 && args[0] == "fold", "interrupt fold ARGS...")
	p := start(ts, args)
	p.await(ts, "")
	text, code := p.end(ts, os.Interrupt)
	if code != exitCancelled {
		ts.Fatalf("exit code %d, expected %d: %s", code, exitCancelled, text)
	}
	_, err := io.WriteString(ts.Stdout(), text)
	ts.Check(err)
}

// aStep occurs in the line that reports a durable step.
const aStep = `"message_type":"step"`

// atWork is the process that begin started.
type atWork struct{ *process }

// begin runs fold in the background and returns after its first step.
func begin(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, len(args) > 1 && args[0] == "fold", "begin fold ARGS...")
	p := start(ts, args)
	ts.Defer(func() { _ = p.cmd.Process.Kill() })
	p.await(ts, aStep)
	ts.Value(atWork{}).(*atWork).process = p
}

// stop interrupts the process that begin started, which must still run, and shows the rest
// of its output.
func stop(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, len(args) == 0, "stop")
	text, code := ts.Value(atWork{}).(*atWork).end(ts, os.Interrupt)
	if code != exitCancelled {
		ts.Fatalf("exit code %d, expected %d: %s", code, exitCancelled, text)
	}
	_, err := io.WriteString(ts.Stdout(), text)
	ts.Check(err)
}

// kill runs fold and kills it after its first step.
func kill(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, len(args) > 1 && args[0] == "fold", "kill fold ARGS...")
	p := start(ts, args)
	p.await(ts, aStep)
	p.end(ts, os.Kill)
}

// damage flips a byte in the middle of the largest file of a folder, or truncates that
// file.
func damage(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, len(args) == 2 && (args[1] == "flip" || args[1] == "cut"), "damage FOLDER flip|cut")
	largest, size := "", int64(0)
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Size() > size {
			largest, size = path, info.Size()
		}
		return err
	}))
	change(ts, largest, func(b []byte) []byte {
		if args[1] == "cut" {
			return b[:len(b)-1]
		}
		b[len(b)/2] ^= 1
		return b
	})
}
