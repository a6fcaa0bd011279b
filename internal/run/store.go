package run

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"fold.example/fold/checkpoint"
	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/files"
)

// Store is the store of a run, opened for reading.
type Store struct {
	dir    string
	run    *Run
	store  *checkpoint.Store
	output []int
}

// Open opens a store for reading and checks the integrity of its records. Several processes
// may open a store, but none while another process proves. The error wraps ErrNoStore,
// ErrLocked, ErrFormat or ErrCorrupt.
func Open(dir string) (*Store, error) {
	c, err := checkpoint.OpenReadOnly(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{dir: dir, store: c}
	if s.run, err = Read(c.Meta()); err == nil {
		err = s.readTokens()
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return s, nil
}

// readTokens reads the tokens that the steps' records state.
func (s *Store) readTokens() error {
	if n := s.store.Len(); n > uint64(s.run.Steps()) {
		return fmt.Errorf("%w: %d records of a run of %d steps", fault.ErrCorrupt, n, s.run.Steps())
	}
	for record, err := range s.store.Steps(0) {
		if err != nil {
			return err
		}
		for _, id := range record.Tokens {
			s.output = append(s.output, int(id))
		}
	}
	return nil
}

// Close releases the store.
func (s *Store) Close() error { return s.store.Close() }

// Status returns the status of the run.
func (s *Store) Status() *Status { return newStatus(s.dir, s.run, s.store.Status()) }

// OutputIDs returns the tokens chosen so far.
func (s *Store) OutputIDs() []int { return slices.Clone(s.output) }

// Run returns the run that the manifest defines.
func (s *Store) Run() *Run { return s.run }

// Records returns the stored steps of the run.
func (s *Store) Records() *checkpoint.Store { return s.store }

// ForkOptions are the choices of Fork. The zero value copies the whole store.
type ForkOptions struct {
	// PromptIDs, if not nil, is another prompt of the same length. Steps from the first pass
	// on in which the prompts differ are dropped. A store has the proofs of its last two steps
	// only; if the last remaining step is not one of them, the remaining steps are dropped
	// too, and the fork starts from the beginning.
	PromptIDs []int
}

// Fork copies a store to a new folder, in which the run can continue differently. The
// copied records are unchanged; new steps are blinded with a fresh seed. The source is not
// changed. Errors are those of Open and Prove.
func Fork(src, dst string, opts ForkOptions) error {
	s, err := Open(src)
	if err != nil {
		return err
	}
	d, keep, err := s.branch(opts)
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	text, err := d.Encode()
	if err != nil {
		return err
	}
	if keep == noRollBack {
		return checkpoint.Fork(src, dst, text)
	}
	return forkTo(src, dst, text, keep)
}

// noRollBack as the number of records keeps all of them.
const noRollBack = ^uint64(0)

// branch returns the manifest of a fork and the number of records that the fork keeps.
func (s *Store) branch(opts ForkOptions) (*Manifest, uint64, error) {
	d := s.run.Manifest
	d.Seed = newSecret()
	if opts.PromptIDs == nil || slices.Equal(opts.PromptIDs, d.PromptIDs) {
		return &d, noRollBack, nil
	}
	if len(opts.PromptIDs) != len(d.PromptIDs) {
		return nil, 0, fmt.Errorf("%w: a prompt of %d tokens, the run's has %d: "+
			"its length is part of what every step proves",
			fault.ErrFormat, len(opts.PromptIDs), len(d.PromptIDs))
	}
	at := 0
	for opts.PromptIDs[at] == d.PromptIDs[at] {
		at++
	}
	d.PromptIDs, d.Generated = slices.Clone(opts.PromptIDs), nil
	if _, err := derive(d); err != nil {
		return nil, 0, err
	}
	keep := 0
	for _, p := range s.run.plan.Passes {
		if at < p.Start+1<<p.Bits {
			break
		}
		keep += len(s.run.plan.Kinds(&s.run.commitment.Description, p))
	}
	n, err := s.provenUpTo(min(uint64(keep), s.store.Len()))
	return &d, n, err
}

// provenUpTo returns n if the store has the proof of the first n steps, and 0 otherwise.
func (s *Store) provenUpTo(n uint64) (uint64, error) {
	if n == 0 {
		return 0, nil
	}
	last, err := s.store.Step(n - 1)
	if err != nil || last.ProofDropped {
		return 0, err
	}
	return n, nil
}

// forkTo makes a fork of the first keep records. It works under a temporary name, so the
// new folder never holds records of another prompt.
func forkTo(src, dst string, text []byte, keep uint64) error {
	if _, err := os.Lstat(dst); err == nil {
		return fmt.Errorf("%w: %s", fault.ErrExists, dst)
	}
	temp, err := os.MkdirTemp(filepath.Dir(filepath.Clean(dst)), "."+filepath.Base(dst)+".*.tmp")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	if err := checkpoint.Fork(src, temp, text); err != nil {
		return err
	}
	c, err := checkpoint.Open(temp)
	if err != nil {
		return err
	}
	if err := errors.Join(c.RollBack(keep), c.Close()); err != nil {
		return err
	}
	return files.Rename(temp, dst)
}

// Reserve is the number of bytes that a store leaves free on the disk.
const Reserve = checkpoint.Reserve
