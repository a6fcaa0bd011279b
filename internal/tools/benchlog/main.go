// Command benchlog runs the benchmarks of the hot loops, appends their results to a file and
// compares them with the last results of the same machine and benchmark:
//
//	go run ./internal/tools/benchlog
//	go run ./internal/tools/benchlog -bench MatMul ./internal/kernel
//	go test -run '^$' -bench . ./folding | go run ./internal/tools/benchlog -in -
//
// The file has one line for each result, with tabs between the fields: commit, date,
// machine, benchmark, ns/op. The machine is the processor, GOOS, GOARCH and GOMAXPROCS. Of
// several runs of a benchmark (-count) the file keeps the fastest, since other work on the
// machine only adds time. Ratios are meaningful only on a quiet machine. The program exits
// with an error if a benchmark fails, never because a result is slow.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// hot lists the packages whose loops dominate inference, proving and verification.
var hot = []string{
	"./internal/kernel", "./internal/transcript", "./internal/poly", "./internal/commit/...",
	"./folding/...", "./llama/float", "./llama/tokenizer", "./checkpoint",
}

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "benchlog:", err)
		os.Exit(1)
	}
}

// run is main with explicit arguments, input and output.
func run(args []string, stdin io.Reader, out io.Writer) error {
	f := flag.NewFlagSet("benchlog", flag.ContinueOnError)
	file := f.String("file", "BENCHMARKS.tsv", "the file of the results")
	bench := f.String("bench", ".", "regular expression of the benchmarks")
	benchtime := f.String("benchtime", "1s", "time of a benchmark")
	count := f.Int("count", 3, "runs of a benchmark; the fastest counts")
	in := f.String("in", "", `read the output of go test from this file, "-" for the standard input`)
	dry := f.Bool("n", false, "compare only, and do not append")
	if err := f.Parse(args); err != nil {
		return err
	}
	packages := f.Args()
	if len(packages) == 0 {
		packages = hot
	}
	text, err := output(*in, stdin, append([]string{"test", "-run", "^$", "-bench", *bench,
		"-benchtime", *benchtime, "-count", strconv.Itoa(*count)}, packages...))
	if err != nil {
		return err
	}
	log, err := readLog(*file)
	if err != nil {
		return err
	}
	results := parse(text)
	if len(results) == 0 {
		return fmt.Errorf("no result of a benchmark, expected at least one that matches %q", *bench)
	}
	compare(out, log, results)
	if *dry {
		return nil
	}
	return appendLog(*file, commit(), time.Now(), results)
}

// output returns the output of go test from a file, from stdin, or from running it.
func output(in string, stdin io.Reader, args []string) ([]byte, error) {
	switch in {
	case "":
		cmd := exec.Command("go", args...)
		var text bytes.Buffer
		cmd.Stdout = io.MultiWriter(&text, os.Stderr)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return nil, fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
		}
		return text.Bytes(), nil
	case "-":
		return io.ReadAll(stdin)
	}
	return os.ReadFile(in)
}

// commit returns the first digits of the checked-out commit id, with a "+" if the tree is
// modified, or "unknown" outside a git repository.
func commit() string {
	const digits = 9
	id, err := exec.Command("git", "rev-parse", "HEAD").Output()
	if err != nil || len(id) < digits {
		return "unknown"
	}
	name := string(id[:digits])
	if changes, err := exec.Command("git", "diff", "HEAD").Output(); err == nil && len(changes) > 0 {
		name += "+"
	}
	return name
}
