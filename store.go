package fold

import "errors"

// Store is a run's store, opened for reading.
type Store struct{}

// Open opens a store for reading and checks that what it holds is what was
// written. Several processes may, none while one proves. The error wraps
// ErrNoStore, ErrLocked, ErrFormat or ErrCorrupt.
func Open(dir string) (*Store, error) { return nil, errors.ErrUnsupported }

// Close releases the store.
func (s *Store) Close() error { return errors.ErrUnsupported }

// Status tells where the run stands.
func (s *Store) Status() *Status { return nil }

// OutputIDs returns the tokens chosen and proven so far.
func (s *Store) OutputIDs() []int { return nil }

// ForkOptions say where a fork leaves its source; the zero value copies it whole.
type ForkOptions struct {
	// PromptIDs, if not nil, is another prompt of as many tokens: what was proven from
	// the pass on in which the prompts differ is dropped.
	PromptIDs []int
}

// Fork copies a store to a new folder, to go on from there in another way. What is
// there keeps its bytes; everything from there on is blinded with a fresh seed.
// The source is not changed. Errors are those of Open and Prove.
func Fork(src, dst string, opts ForkOptions) error { return errors.ErrUnsupported }
