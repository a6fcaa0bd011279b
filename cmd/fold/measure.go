package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"fold.example/fold"
)

// measureRun measures a whole run and shows the result. It does not show the proven tokens,
// which random weights make meaningless.
func measureRun(cmd *cobra.Command, ui *ui, opts fold.MeasureOptions) error {
	shown := func(e fold.Event) {
		switch e.(type) {
		case fold.Token, fold.Started:
		default:
			ui.event(e)
		}
	}
	limited := func(e fold.Event) {
		if _, ok := e.(fold.Started); ok {
			limitHeap()
		}
		shown(e)
	}
	s, err := fold.Measure(cmd.Context(), opts, limited)
	if err != nil {
		return err
	}
	ui.text(measureText(s))
	ui.summary(s)
	return nil
}

// measureText returns the table of a measured run: each stage's core time, its share of the
// total, and its peak memory.
func measureText(s *fold.MeasureSummary) string {
	t := newTable()
	t.row("run", "%s, %d layers, %s, %.4g million parameters; %d tokens after a prompt of %d", s.Shape, s.Layers,
		s.Scheme, float64(s.Params)/1e6, s.Tokens, s.Prompt)
	t.row("steps", "%d in passes of up to %d tokens, %d blocks each; %d of settlement", s.Steps, s.Pass, s.Blocks,
		s.Settled)
	for _, part := range s.Extrapolated {
		t.row("measured", "%d layers: %.4g core-seconds, %s", part.Layers, part.AllIn, size(part.RSS))
	}
	costs := stageCosts(s.Stages)
	of := func(name string, stages ...fold.Stage) { t.row(name, "%s", costs.line(s.AllIn, stages)) }
	of("generation", "generation")
	of("argument", fold.ArgumentPhases()...)
	for _, p := range fold.ArgumentPhases() {
		of("  "+string(p), p)
	}
	of("recursion", "recursion")
	of("durability", "durable")
	of("opening", "opening")
	of("settlement", "settlement", "settlement recursion")
	of("  its recursion", "settlement recursion")
	of("last argument", "last argument")
	t.row("all in", "%.4g core-seconds, %.4g a token over %d positions", s.AllIn, s.PerTokenAllIn, s.Positions)
	t.row("overhead", "%.4g times generation, which takes %.4g core-seconds a token", s.Overhead, s.GenerationPerToken)
	for _, c := range s.Stages {
		if c.Apart {
			of("besides: "+string(c.Stage), c.Stage)
		}
	}
	t.row("whole call", "%.4g core-seconds", s.CPU)
	t.row("memory", "%s without mapped files, from generation on", size(s.RSS))
	t.row("store, proof", "%s, %d bytes", size(s.StoreBytes), s.ProofBytes)
	t.row("verified", "in %.0f ms", 1000*s.VerifySeconds)
	return t.String()
}

// stageCosts is the list of the costs of a run's stages.
type stageCosts []fold.StageCost

// line formats the total of some stages: core time, its share of all, and the peak memory.
func (c stageCosts) line(all float64, stages []fold.Stage) string {
	seconds, peak := 0.0, int64(0)
	for _, s := range c {
		if slices.Contains(stages, s.Stage) {
			seconds, peak = seconds+s.Seconds, max(peak, s.Peak)
		}
	}
	return fmt.Sprintf("%9.4g core-seconds  %5.1f %%  %s", seconds, 100*seconds/all, size(peak))
}
