package checkpoint

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"

	"github.com/cockroachdb/pebble/v2"
)

// Snapshot opens the current snapshot. The error wraps [ErrRange] if there is none. The
// reader takes a few MiB of memory, stays valid while steps are appended, and must be closed
// before the store.
func (s *Store) Snapshot() (*SnapshotReader, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	r, err := s.snapshot()
	if err == nil {
		s.reading++
	}
	return r, err
}

// snapshot opens the current snapshot under the lock.
func (s *Store) snapshot() (*SnapshotReader, error) {
	info := s.head.snapshot
	if info.ID == 0 {
		return nil, fmt.Errorf("%w: there is no snapshot", ErrRange)
	}
	r := &SnapshotReader{Info: info, store: s, engine: s.engine, sum: sha256.New(), left: uint64(info.Size)}
	err := s.engine.do("reading a snapshot", func(db *pebble.DB) (err error) {
		r.it, err = db.NewIter(&pebble.IterOptions{
			LowerBound: key(snapshotKey, info.ID, 0), UpperBound: key(snapshotKey, info.ID, math.MaxUint32),
		})
		return err
	})
	return r, err
}

// SnapshotReader reads a snapshot as a stream. The bytes are verified only when Read returns
// io.EOF: if their digest differs from the digest in the head, Read returns an error that
// wraps [ErrCorrupt] instead.
type SnapshotReader struct {
	// Info describes the snapshot.
	Info SnapshotInfo

	store  *Store
	engine *engine
	it     *pebble.Iterator
	sum    hash.Hash
	left   uint64
	next   uint32
	chunk  []byte
	err    error
}

// Read implements io.Reader.
func (r *SnapshotReader) Read(p []byte) (int, error) {
	if len(r.chunk) == 0 && r.err == nil {
		r.err = r.advance()
	}
	if r.err != nil {
		return 0, r.err
	}
	n := copy(p, r.chunk)
	r.chunk = r.chunk[n:]
	return n, nil
}

// advance moves to the next chunk, which is valid until the next call.
func (r *SnapshotReader) advance() error {
	if r.left == 0 {
		if found := Digest(r.sum.Sum(nil)); found != r.Info.Digest {
			return corrupt("the snapshot at step %d: found digest %s, expected %s", r.Info.At, found, r.Info.Digest)
		}
		return io.EOF
	}
	it, next, left, id := r.it, r.next, r.left, r.Info.ID
	var chunk []byte
	err := r.engine.do("reading a snapshot", func(*pebble.DB) error {
		step := it.Next
		if next == 0 {
			step = it.First
		}
		if !step() {
			return errors.Join(corrupt("%d bytes are missing", left), it.Error())
		}
		value, err := it.ValueAndErr()
		if err != nil {
			return err
		}
		chunk = value
		return checkChunk(it.Key(), key(snapshotKey, id, next), value, left)
	})
	if err != nil {
		r.chunk = nil
		return fmt.Errorf("the snapshot at step %d: %w", r.Info.At, err)
	}
	r.chunk = chunk
	r.sum.Write(r.chunk)
	r.left -= uint64(len(r.chunk))
	r.next++
	return nil
}

// drain reads the snapshot to its end and checks it.
func (r *SnapshotReader) drain() error {
	for {
		r.chunk = nil
		if err := r.advance(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// Close releases the snapshot.
func (r *SnapshotReader) Close() error {
	r.store.mu.Lock()
	defer r.store.mu.Unlock()
	if r.it == nil {
		return nil
	}
	r.store.reading--
	return r.release()
}

// release closes the iterator.
func (r *SnapshotReader) release() error {
	it := r.it
	r.it, r.chunk = nil, nil
	if r.err == nil {
		r.err = ErrClosed
	}
	return r.engine.do("reading a snapshot", func(*pebble.DB) error { return it.Close() })
}
