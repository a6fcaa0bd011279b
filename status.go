package fold

import "fold.example/fold/internal/run"

// Status describes the progress of a run.
type Status = run.Status

// ReadStatus returns the status of the run in a store. It takes no lock, so it works while
// another process proves, and does not delay that process. It trusts fold.json and HEAD;
// only Resume, Open and Verify check the steps. The error wraps ErrNoStore, ErrFormat or
// ErrCorrupt.
func ReadStatus(store string) (*Status, error) { return run.ReadStatus(store) }

// Store is the store of a run, opened for reading.
type Store = run.Store

// Open opens a store for reading and checks the integrity of its records. Several processes
// may open a store, but none while another process proves. The error wraps ErrNoStore,
// ErrLocked, ErrFormat or ErrCorrupt.
func Open(dir string) (*Store, error) { return run.Open(dir) }

// ForkOptions are the choices of Fork. The zero value copies the whole store.
type ForkOptions = run.ForkOptions

// Fork copies a store to a new folder, in which the run can continue differently. The
// copied records are unchanged; new steps are blinded with a fresh seed. The source is not
// changed. Errors are those of Open and Prove.
func Fork(src, dst string, opts ForkOptions) error { return run.Fork(src, dst, opts) }
