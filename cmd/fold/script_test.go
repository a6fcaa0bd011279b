package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"fold.example/fold"
)

// The scripts run this test binary as the program fold.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"fold": main})
}

// TestScripts runs testdata/script. Scripts find the project's testdata in $TESTDATA and,
// read-only, an imported bard in $MODEL, a key for bard's steps in $KEY, and the store of a
// run in which bard generates one token in $RUN.
func TestScripts(t *testing.T) {
	ctx := context.Background()
	models, err := filepath.Abs(filepath.Join("..", "..", "llama", "embedded"))
	require.NoError(t, err)
	dir := t.TempDir()
	cache := filepath.Join(dir, "cache") // records the keys that have been checked
	t.Setenv("XDG_CACHE_HOME", cache)
	model, key, run := filepath.Join(dir, "model"), filepath.Join(dir, "key"), filepath.Join(dir, "run")
	_, err = fold.ImportModel(ctx, filepath.Join(models, "bard"), model, fold.ImportOptions{}, nil)
	require.NoError(t, err)
	_, err = fold.Setup(ctx, key, fold.SetupOptions{Development: true, Size: 1 << 20}, nil)
	require.NoError(t, err)
	_, err = fold.Prove(ctx, fold.ProveOptions{Model: "bard", Key: key, Store: run, N: 1, Room: 4}, nil)
	require.NoError(t, err)
	testscript.Run(t, testscript.Params{
		Dir:                filepath.Join("testdata", "script"),
		RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("TESTDATA", models)
			e.Setenv("MODEL", model)
			e.Setenv("KEY", key)
			e.Setenv("RUN", run)
			e.Setenv("XDG_CACHE_HOME", cache)
			e.Values[atWork{}] = new(atWork)
			return nil
		},
		Condition: func(name string) (bool, error) {
			switch name {
			case "mount":
				return canMount(t.TempDir()), nil
			case "slow":
				return slowTier, nil
			}
			return false, fmt.Errorf("unknown condition %q", name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     exits,
			"summary":   summary,
			"keep":      keep,
			"copy":      copyFiles,
			"tweak":     tweak,
			"poke":      poke,
			"shorten":   shorten,
			"interrupt": interrupt,
			"begin":     begin,
			"stop":      stop,
			"kill":      kill,
			"damage":    damage,
			"tmpfs":     tmpfs,
		},
	})
}

func need(ts *testscript.TestScript, neg, ok bool, usage string) {
	if neg || !ok {
		ts.Fatalf("usage: %s", usage)
	}
}

// exits runs a command and requires an exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, len(args) > 1, "exits CODE COMMAND...")
	code, err := 0, ts.Exec(args[1], args[2:]...)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, expected %s", code, args[0])
	}
}

// summary requires that the last line of stdout is a JSON summary with a field, whose JSON
// matches a regular expression.
func summary(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, len(args) == 1 || len(args) == 2, "summary FIELD [REGEXP]")
	value := field(ts, args[0])
	if len(args) == 2 && !regexp.MustCompile(args[1]).Match(value) {
		ts.Fatalf("field %s is %s, expected %s", args[0], value, args[1])
	}
}

// keep stores a field of the summary in a variable; a string without its quotes.
func keep(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, len(args) == 2, "keep FIELD VARIABLE")
	ts.Setenv(args[1], strings.Trim(string(field(ts, args[0])), `"`))
}

// field returns a field of the summary. stdout must contain only messages, the summary
// last.
func field(ts *testscript.TestScript, name string) json.RawMessage {
	lines := strings.Split(strings.TrimSpace(ts.ReadFile("stdout")), "\n")
	for i, line := range lines {
		var message struct {
			Type string `json:"message_type"`
		}
		ts.Check(json.Unmarshal([]byte(line), &message))
		if last := i == len(lines)-1; message.Type == "" || last != (message.Type == "summary") {
			ts.Fatalf("line %d of %d has type %q: %s", i+1, len(lines), message.Type, line)
		}
	}
	fields := map[string]json.RawMessage{}
	ts.Check(json.Unmarshal([]byte(lines[len(lines)-1]), &fields))
	value, ok := fields[name]
	if !ok {
		ts.Fatalf("the summary has no field %q", name)
	}
	return value
}

// copyFiles copies the files of a folder into another one, which it creates.
func copyFiles(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, len(args) == 2, "copy FROM TO")
	from, to := ts.MkAbs(args[0]), ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(to, 0o777))
	entries, err := os.ReadDir(from)
	ts.Check(err)
	for _, e := range entries {
		if !e.IsDir() {
			data, err := os.ReadFile(filepath.Join(from, e.Name()))
			ts.Check(err)
			ts.Check(os.WriteFile(filepath.Join(to, e.Name()), data, 0o666))
		}
	}
}

func change(ts *testscript.TestScript, name string, f func([]byte) []byte) {
	data, err := os.ReadFile(ts.MkAbs(name))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(name), f(data), 0o666))
}

// tweak replaces the first occurrence of a text in a file.
func tweak(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, len(args) == 3, "tweak FILE OLD NEW")
	change(ts, args[0], func(b []byte) []byte {
		if !strings.Contains(string(b), args[1]) {
			ts.Fatalf("%s does not contain %q", args[0], args[1])
		}
		return []byte(strings.Replace(string(b), args[1], args[2], 1))
	})
}

// poke overwrites bytes at an offset, which counts from the end if negative.
func poke(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, len(args) == 3, "poke FILE OFFSET HEX")
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	bytes, err := hex.DecodeString(args[2])
	ts.Check(err)
	change(ts, args[0], func(b []byte) []byte {
		if at < 0 {
			at += len(b)
		}
		copy(b[at:], bytes)
		return b
	})
}

// shorten removes bytes from the end of a file.
func shorten(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, len(args) == 2, "shorten FILE BYTES")
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	change(ts, args[0], func(b []byte) []byte { return b[:len(b)-n] })
}
