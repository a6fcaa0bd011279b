package fold

import (
	"context"

	"fold.example/fold/internal/run"
)

// ResumeOptions are the choices of Resume. The zero value gives the defaults.
type ResumeOptions = run.ResumeOptions

// Resume continues the run in a store after its last step. The finished run is byte for
// byte equal to one that was never stopped. A finished run that is not extended is left
// unchanged. Events are those of Prove. Errors are those of Prove and also wrap ErrNoStore,
// ErrLocked if another process has locked the store, ErrCorrupt if the store was altered,
// and ErrFormat for another model or key than the run's or an N that exceeds the run's
// room.
func Resume(ctx context.Context, store string, opts ResumeOptions, on func(Event)) (*ProveSummary, error) {
	return run.Resume(ctx, store, opts, on)
}
