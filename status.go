package fold

import "fold.example/fold/internal/run"

// Status says where a run stands.
type Status = run.Status

// ReadStatus tells where the run in a store stands, without the lock: while another
// process proves, and without holding that up. It believes fold.json and HEAD;
// only Resume, Open and Verify check the steps. The error wraps ErrNoStore,
// ErrFormat or ErrCorrupt.
func ReadStatus(store string) (*Status, error) { return run.ReadStatus(store) }

// Store is a run's store, opened for reading.
type Store = run.Store

// Open opens a store for reading and checks that what it holds is what was
// written. Several processes may, none while one proves. The error wraps
// ErrNoStore, ErrLocked, ErrFormat or ErrCorrupt.
func Open(dir string) (*Store, error) { return run.Open(dir) }

// ForkOptions say where a fork leaves its source; the zero value copies it whole.
type ForkOptions = run.ForkOptions

// Fork copies a store to a new folder, to go on from there in another way. What is
// there keeps its bytes; everything from there on is blinded with a fresh seed.
// The source is not changed. Errors are those of Open and Prove.
func Fork(src, dst string, opts ForkOptions) error { return run.Fork(src, dst, opts) }
