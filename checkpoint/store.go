package checkpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// Store is an open store. Its methods may be called from several goroutines; they
// take turns.
type Store struct {
	mu       sync.Mutex
	folder   folder
	meta     Meta
	head     head
	engine   *engine
	slots    vfs.File // HEAD, nil when read-only
	lock     io.Closer
	readOnly bool
	closed   bool
	writing  *SnapshotWriter
	reading  int // snapshots
}

// Open opens a store for writing: every file, record and link is checked first, and
// a store that is refused is left as it was found. What a killed process left half
// done is cleared away. Errors: [ErrNoStore], [ErrLocked] naming the process,
// [ErrFormat], [ErrCorrupt] naming what.
func Open(dir string) (*Store, error) { return open(onDisk(dir), false) }

// OpenReadOnly opens a store for reading, with the same checks. It changes nothing, but
// makes LOCK where it is missing.
// Several processes may read at once, none while one writes ([ErrLocked]).
func OpenReadOnly(dir string) (*Store, error) { return open(onDisk(dir), true) }

func open(f folder, readOnly bool) (*Store, error) {
	// Before the lock is touched: a foreign folder is to stay as it is.
	if _, err := f.readMeta(); err != nil {
		return nil, err
	}
	lock, err := f.lock(f.path(lockName), !readOnly)
	if err != nil {
		return nil, err
	}
	s := &Store{folder: f, lock: lock, readOnly: readOnly}
	if err := s.load(); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return s, nil
}

// load checks everything, without a change to the folder, and then takes possession.
func (s *Store) load() error {
	var err error
	if s.meta, err = s.folder.readMeta(); err != nil {
		return err
	}
	if err := s.folder.regularEngine(); err != nil {
		return err
	}
	sealed, err := s.folder.checkSeal()
	if err != nil {
		return err
	}
	noted, err := s.folder.readHead()
	if err != nil {
		return err
	}
	if s.engine, err = openEngine(s.folder, true); err != nil {
		return err
	}
	if err := s.verify(noted, sealed); err != nil {
		return errors.Join(err, s.engine.close())
	}
	if s.readOnly {
		return nil
	}
	if err := s.engine.close(); err != nil {
		return engineError("closing "+s.folder.path(engineName), err)
	}
	return s.possess(noted)
}

// possess opens for writing what has been found whole.
func (s *Store) possess(noted head) error {
	if err := s.folder.remove(sealName); err != nil {
		return err
	}
	var err error
	if s.engine, err = openEngine(s.folder, false); err != nil {
		return err
	}
	s.slots, err = s.folder.OpenReadWrite(s.folder.path(headName), vfs.WriteCategoryUnspecified)
	if err == nil && noted.generation < s.head.generation {
		err = writeSlot(s.slots, s.head)
	}
	if err == nil {
		err = s.sweep()
	}
	if err != nil {
		return errors.Join(err, s.release())
	}
	return nil
}

// Close makes everything durable, seals the files with their digests (which reads
// the store once) and releases the lock. After [ErrNoSpace] from within the engine
// the lock is kept until the process ends: the engine could still be writing.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	if s.reading > 0 {
		return fmt.Errorf("%d snapshots are still being read", s.reading)
	}
	s.closed = true
	if s.writing != nil {
		s.writing.abort()
	}
	if s.engine.guard.broken() {
		return nil // The call that found it broken has said so.
	}
	err := s.release()
	if err == nil && !s.readOnly {
		err = s.folder.seal()
	}
	return errors.Join(err, s.lock.Close())
}

// release closes what is open, except the lock.
func (s *Store) release() error {
	var err error
	if s.slots != nil {
		err = s.slots.Close()
	}
	if s.engine != nil && s.engine.db != nil {
		err = errors.Join(err, writeError("closing "+s.folder.path(engineName), s.engine.close()))
	}
	return err
}

// Meta returns what the store is.
func (s *Store) Meta() Meta {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.meta
}

// Describe replaces the store's details, durably and all at once.
func (s *Store) Describe(details json.RawMessage) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	meta := s.meta
	meta.Details = details
	text, err := meta.encode()
	if err != nil {
		return err
	}
	if err := s.folder.replace(MetaName, metaTemp, text); err != nil {
		return err
	}
	s.meta = meta
	return nil
}

// writable reports why the store cannot be changed, if so.
func (s *Store) writable() error {
	switch {
	case s.closed:
		return ErrClosed
	case s.readOnly:
		return ErrReadOnly
	case s.engine.guard.broken():
		return writeError("an earlier write failed", s.engine.guard.err)
	}
	return nil
}

// advance commits a batch that leads to a new head: the batch with the head in it,
// and when that is durable, the head in HEAD. Between the two, HEAD is behind by
// one; [Open] knows.
func (s *Store) advance(doing string, b *pebble.Batch, next head) error {
	next.generation++
	next.updated = time.Now()
	if err := b.Set([]byte{byte(headKey)}, next.encode(), nil); err != nil {
		return writeError(doing, err)
	}
	if err := s.engine.commit(doing, b); err != nil {
		s.engine.guard.fail(err)
		return err
	}
	s.head = next
	if err := writeSlot(s.slots, next); err != nil {
		// A second batch would leave HEAD behind by two.
		s.engine.guard.fail(err)
		return err
	}
	return nil
}
