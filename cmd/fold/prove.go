package main

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"fold.example/fold"
)

// Default names.
const (
	defaultKey   = "key"
	defaultStore = "store"
	storeMark    = "fold.json" // present in every store
)

func newProve(ui *ui) *cobra.Command {
	var opts fold.ProveOptions
	var pass string
	var ignore bool
	cmd := &cobra.Command{
		Use:   "prove -m MODEL -k KEY -p TEXT -n N -s STORE",
		Short: "Generate and prove, step by step; Ctrl-C is safe",
		Long: `Generates N tokens and proves them. Each step is durable in the store before the next begins: stop
it as you like and go on with fold resume. Text is streamed as it is proven, token by token; with
--batch it is generated first and proven in large passes, which costs less. What does not fit into
memory or onto the disk is refused before the work: see fold estimate.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if opts.N < 1 {
				return usagef("--tokens %d: expected 1 or more", opts.N)
			}
			if opts.Pass, err = parsePass(pass); err != nil {
				return err
			}
			if !ignore {
				if err := fold.CheckFits(cmd.Context(), opts); err != nil {
					return err
				}
			}
			s, err := fold.Prove(cmd.Context(), opts, onceStarted(ui.event))
			return proven(ui, s, err)
		},
	}
	modelFlag(cmd, &opts.Model)
	keyFlag(cmd, &opts.Key)
	f := cmd.Flags()
	f.StringVarP(&opts.Prompt, "prompt", "p", "", "the prompt")
	f.IntVarP(&opts.N, "tokens", "n", 64, "how many tokens to generate")
	f.StringVarP(&opts.Store, "store", "s", defaultStore, "folder of the run, which is made")
	f.BoolVar(&opts.Chat, "chat", false, "put the prompt into the model's chat template")
	f.IntVar(&opts.Room, "room", 0,
		"positions to leave room for, so that the run can be extended (default: prompt and output)")
	f.BoolVar(&ignore, "ignore-estimate", false, "prove even what memory or disk are estimated not to suffice for")
	planFlags(cmd, &pass, &opts.Blocks, &opts.Batch)
	return cmd
}

// planFlags adds the flags for the sizes of a run's pieces.
func planFlags(cmd *cobra.Command, pass *string, blocks *int, batch *bool) {
	f := cmd.Flags()
	f.StringVar(pass, "pass", "auto", "largest pass: auto, or 2^J tokens, as 2^6 or 64")
	f.IntVar(blocks, "blocks", 0, "blocks in a step, at most (default: until a step costs what folding it does)")
	f.BoolVar(batch, "batch", false, "generate first, then prove in large passes")
}

// keyFlag adds the flag -k.
func keyFlag(cmd *cobra.Command, key *string) {
	cmd.Flags().StringVarP(key, "key", "k", defaultKey, "commitment key, made by fold setup")
}

// parsePass returns the maximum tokens of a pass, and 0 for auto.
func parsePass(s string) (int, error) {
	if s == "auto" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if j, ok := strings.CutPrefix(s, "2^"); ok {
		n, err = strconv.Atoi(j)
		n = 1 << max(0, min(n, 30))
	}
	if err != nil || n < 1 || n > 128 || n&(n-1) != 0 {
		return 0, usagef("--pass %q: expected auto or a power of two up to 128, as 2^6 or 64", s)
	}
	return n, nil
}

func newResume(ui *ui) *cobra.Command {
	var opts fold.ResumeOptions
	var store string
	cmd := &cobra.Command{
		Use:   "resume [-s STORE] [-n N]",
		Short: "Go on where a run stopped; a larger N extends a finished one",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := fold.Resume(cmd.Context(), storeOr(store), opts, onceStarted(ui.event))
			return proven(ui, s, err)
		},
	}
	storeFlag(cmd, &store)
	f := cmd.Flags()
	f.IntVarP(&opts.N, "tokens", "n", 0, "tokens to generate in all (default: as asked for before)")
	f.StringVarP(&opts.Model, "model", "m", "", "where the model is now (default: where it was)")
	f.StringVarP(&opts.Key, "key", "k", "", "where the key is now (default: where it was)")
	return cmd
}

// storeFlag adds the flag -s.
func storeFlag(cmd *cobra.Command, store *string) {
	cmd.Flags().StringVarP(store, "store", "s", "",
		`folder of the run (default: this one if it is a store, else "`+defaultStore+`")`)
}

// storeOr returns the given store, or the default if none is given.
func storeOr(store string) string {
	if store != "" {
		return store
	}
	if _, err := os.Stat(storeMark); err == nil {
		return "."
	}
	return filepath.Clean(defaultStore)
}

// limitHeap starts a garbage collection whenever the heap has grown by a quarter. A prover
// holds a few large arrays without pointers: scanning them costs almost nothing, but
// letting the heap double would cost their size again in memory.
func limitHeap() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(25)
	}
}

// onceStarted calls limitHeap after opening and compiling, which allocate many small
// objects.
func onceStarted(on func(fold.Event)) func(fold.Event) {
	return func(e fold.Event) {
		if _, ok := e.(fold.Started); ok {
			limitHeap()
		}
		on(e)
	}
}

// proven presents the result of proving.
func proven(ui *ui, s *fold.ProveSummary, err error) error {
	if err != nil {
		return err
	}
	ui.breakLine()
	ui.note("%d steps, %d of them now in %.1f s, %.1f s of it for checkpoints; store %s, peak memory %s\n",
		s.Steps, s.StepsNow, s.Seconds, s.Checkpoints, size(s.Bytes), size(s.PeakRSS))
	ui.note("check it: fold verify %s -k KEY -m MODEL\n", s.Store)
	ui.summary(s)
	return nil
}
