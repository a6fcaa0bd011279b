package main

import (
	"strings"

	"github.com/spf13/cobra"

	"fold.example/fold"
)

func newBench(ui *ui) *cobra.Command {
	var opts fold.BenchOptions
	cmd := &cobra.Command{
		Use:   "bench --shape NAME",
		Short: "Measure what proving costs, on random weights of a named shape",
		Long: `Proves a step of synthetic blocks twice, verifies the proofs and reports the second: core time a
committed cell, by phase, beside what gnark-crypto takes for the bare commitment to such cells in
the same run. Passes of fewer than 64 tokens are the last of 64. A block of 64 tokens needs a key of
2^24 points at the shape of llama-3-8b, of 2^25 at llama-2's and the 70b ones. Shapes:
` + strings.Join(fold.BenchShapes(), ", ") + ".",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := fold.Bench(cmd.Context(), opts, ui.event)
			if err != nil {
				return err
			}
			benchText(ui, s)
			ui.summary(s)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.Shape, "shape", "llama-3-8b", "the model's shape")
	f.IntVar(&opts.Tokens, "tokens", 64, "tokens in the pass: 1, 2, 4, ... 128")
	f.IntVar(&opts.Blocks, "blocks", 1, "blocks in the step")
	f.StringVarP(&opts.Key, "key", "k", "", "commitment key (default: one drawn here)")
	return cmd
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
