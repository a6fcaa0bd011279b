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

// Store is an open store. Its methods may be called concurrently; a mutex serialises them.
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
	writing  *SnapshotWriter // the snapshot that is being written, or nil
	reading  int             // number of open SnapshotReaders
}

// Open opens a store for writing. It checks every file, record and link first, and does not
// change a store that it refuses. Then it deletes the remains of a killed process. Errors
// wrap [ErrNoStore], [ErrLocked], [ErrFormat] or [ErrCorrupt]; they name the process that
// holds the lock, or the altered file or record.
func Open(dir string) (*Store, error) { return open(onDisk(dir), false) }

// OpenReadOnly opens a store for reading, with the same checks. It changes no file; it only
// makes LOCK if that is missing. Several processes may read at the same time, but not while
// a process writes: the error then wraps [ErrLocked].
func OpenReadOnly(dir string) (*Store, error) { return open(onDisk(dir), true) }

func open(f folder, readOnly bool) (*Store, error) {
	// The lock is taken after this check, so that Open does not change a folder of another
	// kind.
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

// load checks the store without changing the folder, then opens it for writing unless it is
// read-only.
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

// possess opens a verified store for writing. noted is the head in HEAD.
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

// Close closes the engine, writes SEAL with the digests of all files (which reads the store
// once) and releases the lock. After a failure of the engine, such as a full disk, the lock
// is kept until the process ends, since the engine could still be writing.
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
		return nil // The call that failed has returned the error.
	}
	err := s.release()
	if err == nil && !s.readOnly {
		err = s.folder.seal()
	}
	return errors.Join(err, s.lock.Close())
}

// release closes HEAD and the engine, not the lock.
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

// Meta returns the description of the store.
func (s *Store) Meta() Meta {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.meta
}

// Describe replaces the store's details, durably and atomically.
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

// writable returns nil if the store can be changed; otherwise the error wraps ErrClosed or
// ErrReadOnly, or is the earlier failure.
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

// advance commits a batch together with the next head, and then writes the head to HEAD. If
// the process is killed in between, HEAD is one generation behind, which [Open] accepts.
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
