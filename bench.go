package fold

import (
	"context"

	"fold.example/fold/internal/bench"
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
