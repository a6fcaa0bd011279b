package fold

import (
	"context"

	"fold.example/fold/internal/run"
)

// ResumeOptions say how a run goes on; the zero value is the usual one.
type ResumeOptions = run.ResumeOptions

// Resume goes on with the run in a store from its last step: the finished run is
// byte for byte the one that was never stopped. A finished run that is not
// extended is left as it is. Events are Prove's; so are the errors, with ErrNoStore,
// ErrLocked if another process has the store, ErrCorrupt if anything in it was
// altered, and ErrFormat for another model or key than the run's or an N for which it
// has no room.
func Resume(ctx context.Context, store string, opts ResumeOptions, on func(Event)) (*ProveSummary, error) {
	return run.Resume(ctx, store, opts, on)
}
