package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"fold.example/fold"
)

func newBench(ui *ui) *cobra.Command {
	var opts fold.BenchOptions
	var run fold.MeasureOptions
	var pass string
	var whole bool
	cmd := &cobra.Command{
		Use:   "bench --shape NAME [--run]",
		Short: "Measure what proving costs, on random weights of a named shape",
		Long: `Proves a step of synthetic blocks twice, verifies the proofs and reports the second: core time a
committed cell, by phase, beside what gnark-crypto takes for the bare commitment to such cells in
the same run. Passes of fewer than 64 tokens are the last of 64. A block of 64 tokens needs a key of
2^24 points at the shape of llama-3-8b, of 2^25 at llama-2's and the 70b ones.

With --run it measures a whole run instead: it writes a model with random weights, commits to it,
generates, proves, compresses and verifies, and reports core time by stage, peak memory without
mapped files, and how much more all of it takes than generation alone. --parts measures models of
one and of three layers and extrapolates to all layers. Files are temporary unless --dir names a folder.

Shapes: ` + strings.Join(fold.BenchShapes(), ", ") + ".",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if !whole {
				if err := refuseWithoutRun(cmd.Flags()); err != nil {
					return err
				}
				s, err := fold.Bench(cmd.Context(), opts, ui.event)
				if err != nil {
					return err
				}
				benchText(ui, s)
				ui.summary(s)
				return nil
			}
			if run.Pass, err = parsePass(pass); err != nil {
				return err
			}
			run.Shape, run.N, run.Key = opts.Shape, opts.Tokens, opts.Key
			if cmd.Flags().Changed("blocks") {
				run.Blocks = opts.Blocks
			}
			return measureRun(cmd, ui, run)
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.Shape, "shape", "llama-3-8b", "the model's shape")
	f.IntVarP(&opts.Tokens, "tokens", "n", 64, "tokens in the pass: 1, 2, 4, ... 128; with --run tokens to generate")
	f.IntVar(&opts.Blocks, "blocks", 1, "blocks in the step; with --run at most (default there: as fold prove)")
	f.StringVarP(&opts.Key, "key", "k", "", "commitment key (default: one drawn here)")
	f.BoolVar(&whole, "run", false, "measure a whole run")
	f.IntVar(&run.Prompt, "prompt-tokens", 64, "with --run: length of the prompt")
	f.StringVar(&pass, "pass", "auto", "with --run: largest pass, auto, or 2^J tokens, as 2^6 or 64")
	f.BoolVar(&run.Batch, "batch", false, "with --run: generate first, then prove in large passes")
	f.IntVar(&run.Layers, "layers", 0, "with --run: layers, in place of the shape's")
	f.BoolVar(&run.Parts, "parts", false, "with --run: measure a few layers and extrapolate to all")
	f.StringVar(&run.Dir, "dir", "", "with --run: new folder for model, key, store and proof, which stays")
	return cmd
}

// refuseWithoutRun refuses flags that only a whole run has.
func refuseWithoutRun(f *pflag.FlagSet) error {
	for _, name := range []string{"prompt-tokens", "pass", "batch", "layers", "parts", "dir"} {
		if f.Changed(name) {
			return usagef("--%s is for a whole run: add --run", name)
		}
	}
	return nil
}

func benchText(ui *ui, s *fold.BenchSummary) {
	ui.textf("%s, %d blocks, %d tokens at the end of %d: %.3g million cells, %.0f a token and block\n\n",
		s.Shape, s.Blocks, s.Tokens, s.Positions, float64(s.Cells)/1e6, s.PerToken)
	ui.textf("  ns a cell, core time\n")
	for _, row := range []struct {
		name string
		ns   float64
	}{
		{"commit", s.Commit}, {"lookup", s.Lookup}, {"elementwise", s.Elementwise}, {"products", s.Products},
		{"reduce", s.Reduce}, {"fold", s.Fold}, {"all", s.PerCell}, {"gnark-crypto's bare commitment", s.Reference},
	} {
		ui.textf("  %-32s %6.1f\n", row.name, row.ns)
	}
	ui.textf("\n  ratio %.2f; %.3g core-seconds a token for the whole model; "+
		"wall time %.2f of core time; verified in %.2f s; peak memory %s\n",
		s.Ratio, s.SecondsPerToken, s.WallShare, s.VerifySeconds, size(s.RSS))
}
