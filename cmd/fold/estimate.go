package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"fold.example/fold"
)

func newEstimate(ui *ui) *cobra.Command {
	var opts fold.EstimateOptions
	var pass string
	cmd := &cobra.Command{
		Use:   "estimate (-m MODEL | --shape NAME) -n N",
		Short: "Cells, steps, memory, disk and time before the work",
		Long: `Measures this machine for a second and says what proving a run would take. Without a key the steps
are as large as pays, and the size of the key that they need is part of the answer.
Shapes: ` + strings.Join(fold.BenchShapes(), ", ") + ".",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if opts.Pass, err = parsePass(pass); err != nil {
				return err
			}
			if opts.N < 1 || opts.PromptTokens < 0 {
				return usagef("expected at least one token to generate, and no negative prompt")
			}
			if opts.Shape != "" {
				if cmd.Flags().Changed("model") || opts.Prompt != "" {
					return usagef("a shape has no model and no tokenizer: give --prompt-tokens")
				}
				opts.PromptTokens = max(1, opts.PromptTokens)
			}
			e, err := fold.EstimateRun(cmd.Context(), opts, ui.event)
			if err != nil {
				return err
			}
			ui.text(estimateText(e))
			ui.summary(e)
			return nil
		},
	}
	modelFlag(cmd, &opts.Model)
	f := cmd.Flags()
	f.StringVar(&opts.Shape, "shape", "", "a named shape in place of a model")
	f.StringVarP(&opts.Prompt, "prompt", "p", "", "the prompt")
	f.IntVar(&opts.PromptTokens, "prompt-tokens", 0, "length of the prompt, in place of a text")
	f.IntVarP(&opts.N, "tokens", "n", 64, "how many tokens to generate")
	f.StringVarP(&opts.Key, "key", "k", "", "the key to be used (default: as large as the steps need)")
	f.StringVarP(&opts.Store, "store", "s", defaultStore, "where the store would be")
	f.IntVar(&opts.Room, "room", 0, "positions to leave room for")
	planFlags(cmd, &pass, &opts.Blocks, &opts.Batch)
	return cmd
}

func estimateText(e *fold.Estimate) string {
	t := newTable()
	t.row("run", "%s, %d tokens after a prompt of %d", e.Model, e.Tokens, e.Prompt)
	t.row("steps", "%d in %d passes of up to %d tokens, %d blocks each", e.Steps, e.Passes, e.Pass, e.Blocks)
	t.row("cells", "%.3g million, %.0f a token", float64(e.Cells)/1e6, e.PerToken)
	t.row("key", "2^%d points, 2^%d to compress%s", e.KeyBits, e.Compress, tooShort(e))
	t.row("memory", "%s%s", size(e.RSS), outOf(e.Memory))
	t.row("disk", "%s%s", size(e.Disk), outOf(e.Free))
	t.row("time", "%s on %d cores, %.3g core-seconds a token", duration(e.Seconds), e.Cores,
		e.CPUSeconds/float64(e.Prompt+e.Tokens-1))
	return t.String()
}

// tooShort returns a note if the named key has too few points to compress the proof. A
// longer key of the same ceremony can compress it.
func tooShort(e *fold.Estimate) string {
	if e.KeyHas == 0 || e.KeyHas >= e.Compress {
		return ""
	}
	return fmt.Sprintf("; this one has 2^%d", e.KeyHas)
}

// outOf formats the available amount, if it is known.
func outOf(available int64) string {
	if available == 0 {
		return ""
	}
	return fmt.Sprintf(" of %s available", size(available))
}
