// Command fold imports LLaMA-architecture models as exact integer functions, runs and
// measures them, commits to their weights and proves their outputs. See the README.
package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"fold.example/fold"
)

// Exit codes, documented in the help of the root command.
const (
	exitOK        = 0
	exitFailure   = 1
	exitUsage     = 2
	exitRejected  = 3
	exitNoStore   = 10
	exitLocked    = 11
	exitFormat    = 12
	exitCorrupt   = 13
	exitCancelled = 130
)

func main() { os.Exit(run()) }

// run executes the command line and returns the exit code. It is separate from main so that
// deferred calls run and testscript can call it.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // after the first Ctrl-C, a second one ends the process at once
	ui := newUI(os.Stdout, os.Stderr)
	return exitCode(ui.finish(newRoot(ui).ExecuteContext(ctx)))
}

// exitCode returns the documented exit code for an error.
func exitCode(err error) int {
	for _, c := range []struct {
		is   error
		code int
	}{
		{nil, exitOK},
		{errUsage, exitUsage},
		{context.Canceled, exitCancelled},
		{fold.ErrRejected, exitRejected},
		{fold.ErrNoStore, exitNoStore},
		{fold.ErrLocked, exitLocked},
		{fold.ErrFormat, exitFormat},
		{fold.ErrCorrupt, exitCorrupt},
	} {
		if errors.Is(err, c.is) {
			return c.code
		}
	}
	return exitFailure
}

const usualPath = `fold proves what a LLaMA model said. All of it on an embedded model: fold demo. The usual path:
  fold model import SRC -o DIR                          a Hugging Face folder, .gguf or llama2.c .bin
  fold setup --ptau FILE --size 20 -o KEY               a commitment key from a real ceremony
  fold commit -m DIR -k KEY                             commit to the weights: the model id
  fold prove -m DIR -k KEY -p TEXT -n N -s STORE        generate and prove; Ctrl-C, then fold resume
  fold compress -s STORE -o PROOF                       one short proof that shows no weights
  fold verify PROOF -k KEY -m DIR                       check it, and say what was proven
fold help lists every command and exit code.
`

const longHelp = `fold turns a LLaMA-architecture model into an exact integer function, runs it, measures it
against the float model, and proves what it said, step by step, in a store from which one short
proof is made that shows no weights.

Exit codes: 0 success, 1 failure, 2 usage, 3 proof rejected, 10 no store, 11 store locked,
12 wrong format or parameters, 13 corrupt, 130 cancelled (a run can be resumed).
Every command takes --json (one object a line, the last one is the summary) and -q.
NO_COLOR is respected. A flag wins over its environment variable, such as FOLD_MODEL for --model. What is
trusted or given away is said on the command line alone: no variable sets a flag of fold verify
or fold model check, nor for --public of fold commit, nor for --mode and --label of fold compress.`

// newRoot returns the command tree.
func newRoot(ui *ui) *cobra.Command {
	root := &cobra.Command{
		Use:           "fold",
		Short:         "LLaMA models as exact integer functions, and proofs of what they say",
		Long:          longHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArgs,
		RunE: func(*cobra.Command, []string) error {
			ui.text(usualPath)
			return nil
		},
	}
	root.PersistentFlags().BoolVar(&ui.json, "json", false, "one JSON object a line; the last is the summary")
	root.PersistentFlags().BoolVarP(&ui.quiet, "quiet", "q", false, "no progress")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error { return fromEnvironment(ui, cmd) }
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(newDemo(ui), newModel(ui), newRun(ui), newEval(ui), newSetup(ui), newCommit(ui), newEstimate(ui),
		newProve(ui), newResume(ui), newStatus(ui), newCompress(ui), newVerify(ui), newInspect(ui), newBench(ui))
	root.SetOut(ui.out)
	root.SetErr(ui.err)
	return root
}
