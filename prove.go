package fold

import (
	"context"

	"fold.example/fold/internal/run"
)

// ProveOptions say what is to be proven and how.
type ProveOptions = run.ProveOptions

// ProveSummary says what a store's run proves, when it is finished.
type ProveSummary = run.ProveSummary

// Stopped is the error of a run that stopped before its end and can be resumed:
// nothing that it had proven is lost. It wraps the reason, context.Canceled after
// an interrupt.
type Stopped = run.Stopped

// Prove makes a store, generates N tokens after the prompt and proves them, step by
// step: each is durable before the next begins. It tells of Started, of each Token
// when it is proven, of each Step, and of Progress before and after.
//
// When ctx is done the step at work is finished and kept, and the error is a
// *Stopped, from which the run can be resumed; so it is after any failure once the
// store exists. The error wraps ErrExists if the folder holds something, ErrFormat
// if model, key and options do not fit, ErrNoSpace if the disk is full.
func Prove(ctx context.Context, opts ProveOptions, on func(Event)) (*ProveSummary, error) {
	return run.Prove(ctx, opts, on)
}
