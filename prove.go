package fold

import (
	"context"

	"fold.example/fold/internal/run"
)

// ProveOptions are the choices of Prove.
type ProveOptions = run.ProveOptions

// ProveSummary describes the run in a store when it is finished.
type ProveSummary = run.ProveSummary

// Stopped is the error of a run that stopped before its end. The run can be resumed; no
// proven step is lost. It wraps the reason, which is context.Canceled after an interrupt.
type Stopped = run.Stopped

// Prove creates a store, generates N tokens after the prompt and proves them step by step;
// each step is durable before the next begins. It reports Started, a Token when it is
// proven, each Step, and Progress for other stages.
//
// When ctx is done, the step in progress is finished and kept, and the error is a *Stopped,
// from which the run can be resumed. The same holds for every failure once the store
// exists. The error wraps ErrExists if the folder is not empty, ErrFormat if model, key and
// options do not fit together, and ErrNoSpace if the disk is full.
func Prove(ctx context.Context, opts ProveOptions, on func(Event)) (*ProveSummary, error) {
	return run.Prove(ctx, opts, on)
}
