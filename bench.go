package fold

import (
	"context"

	"fold.example/fold/internal/bench"
	"fold.example/fold/internal/measure"
)

// BenchShapes returns the names of the shapes that [Bench] knows.
func BenchShapes() []string { return bench.Shapes() }

// BenchOptions describe the measured step: Blocks blocks of a model of the named shape with
// random weights, in a pass of Tokens tokens.
type BenchOptions = bench.Options

// BenchSummary is the measured cost of proving a step.
type BenchSummary = bench.Summary

// Bench proves a step of synthetic blocks twice, verifies both proofs, and reports the
// second, whose buffers are already allocated.
//
// The error wraps ErrFormat if the shape, the sizes or the key do not fit.
func Bench(ctx context.Context, opts BenchOptions, on func(Event)) (*BenchSummary, error) {
	return bench.Run(ctx, opts, on)
}

// MeasureOptions say what run is measured: on a model of a named shape with random weights, in a folder of its own.
type MeasureOptions = measure.Options

// MeasureSummary says what a run has cost, by stage.
type MeasureSummary = measure.Summary

// StageCost is the core time and the memory of a stage of a measured run.
type StageCost = measure.StageCost

// ArgumentPhases lists the phases of MeasureSummary.Phases, in order.
func ArgumentPhases() []Stage { return measure.ArgumentPhases() }

// Measure writes a model with random weights into a folder, commits to it, generates, proves and compresses a run
// and verifies the proof, and says what each stage has cost in core time.
//
// The error wraps ErrFormat if the options do not fit each other or the key, ErrNoSpace or ErrNoMemory if the
// machine does not suffice, and ErrExists if the folder holds something.
func Measure(ctx context.Context, opts MeasureOptions, on func(Event)) (*MeasureSummary, error) {
	return measure.Run(ctx, opts, on)
}
