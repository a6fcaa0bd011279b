package checkpoint

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"math"

	"github.com/cockroachdb/pebble/v2/sstable"
)

// tableChunks is the number of chunks in a table file, 64 MiB.
const tableChunks = 64

// SnapshotWriter writes a snapshot of the state after the steps so far, as a stream. The
// bytes are written to table files beside the engine, which ingests the files in
// [SnapshotWriter.Commit]: they are written once and do not pass through its memory.
type SnapshotWriter struct {
	store *Store
	info  SnapshotInfo
	sum   hash.Hash
	// written is the number of bytes so far, chunk has the bytes that are not yet in a table.
	written int64
	chunk   []byte
	next    uint32
	table   *sstable.Writer
	tables  []string
	err     error
}

// NewSnapshot begins a snapshot of exactly size bytes. There may be only one at a time. Steps
// that are appended meanwhile are not part of it. The caller must commit or abort it. It
// takes a few MiB of memory for any size, and the older snapshot stays on the disk until
// Commit. The error wraps [ErrNoSpace] if the disk has not enough free space.
func (s *Store) NewSnapshot(size int64) (*SnapshotWriter, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writable(); err != nil {
		return nil, err
	}
	if s.writing != nil {
		return nil, errors.New("another snapshot is being written")
	}
	if size < 0 || size > int64(math.MaxUint32)*chunkSize {
		return nil, fmt.Errorf("%w: a snapshot of %d bytes", ErrRange, size)
	}
	if err := s.folder.room(size); err != nil {
		return nil, err
	}
	if err := s.folder.RemoveAll(s.folder.path(snapshotTemp)); err != nil {
		return nil, err
	}
	if err := s.folder.MkdirAll(s.folder.path(snapshotTemp), 0o700); err != nil {
		return nil, writeError("making "+s.folder.path(snapshotTemp), err)
	}
	s.writing = &SnapshotWriter{
		store: s, sum: sha256.New(), chunk: make([]byte, 0, chunkSize),
		info: SnapshotInfo{ID: s.head.generation + 1, At: s.head.steps, Size: size},
	}
	return s.writing, nil
}

// Write implements io.Writer. The error wraps ErrRange if there are more than the announced
// bytes.
func (w *SnapshotWriter) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	if int64(len(p)) > w.info.Size-w.written {
		return 0, fmt.Errorf("%w: more than the %d bytes announced", ErrRange, w.info.Size)
	}
	w.sum.Write(p)
	n := len(p)
	for len(p) > 0 {
		k := min(len(p), chunkSize-len(w.chunk))
		w.chunk, p = append(w.chunk, p[:k]...), p[k:]
		if len(w.chunk) == chunkSize {
			if w.err = w.flush(); w.err != nil {
				return 0, w.err
			}
		}
	}
	w.written += int64(n)
	return n, nil
}

// flush writes the chunk to the current table.
func (w *SnapshotWriter) flush() error {
	if w.table == nil {
		if err := w.open(); err != nil {
			return err
		}
	}
	if err := w.table.Set(key(snapshotKey, w.info.ID, w.next), w.chunk); err != nil {
		return writeError("writing a snapshot", err)
	}
	w.chunk = w.chunk[:0]
	if w.next++; w.next%tableChunks == 0 {
		return w.close()
	}
	return nil
}

// open begins the next table.
func (w *SnapshotWriter) open() error {
	f := w.store.folder
	name := f.path(snapshotTemp, fmt.Sprintf("%06d.sst", len(w.tables)))
	var err error
	if w.table, err = w.store.engine.newTable(f, name); err != nil {
		return err
	}
	w.tables = append(w.tables, name)
	return nil
}

// close finishes and syncs the current table.
func (w *SnapshotWriter) close() error {
	if w.table == nil {
		return nil
	}
	err := w.table.Close()
	w.table = nil
	return writeError("writing a snapshot", err)
}

// Commit makes the snapshot durable, then atomically the current one, and then deletes the
// older snapshot. After an error the older one is still current.
func (w *SnapshotWriter) Commit() error {
	s := w.store
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writing != w {
		return ErrClosed
	}
	err := errors.Join(w.err, s.writable())
	if err == nil && w.written != w.info.Size {
		err = fmt.Errorf("%w: a snapshot of %d bytes, announced were %d", ErrRange, w.written, w.info.Size)
	}
	if err == nil && s.head.steps < w.info.At {
		err = fmt.Errorf("%w: rolled back to step %d, before the snapshot at %d", ErrRange, s.head.steps, w.info.At)
	}
	if err == nil {
		err = w.publish()
	}
	return errors.Join(err, w.abort())
}

// publish ingests the tables and makes the snapshot the current one.
func (w *SnapshotWriter) publish() error {
	if len(w.chunk) > 0 {
		if err := w.flush(); err != nil {
			return err
		}
	}
	if err := w.close(); err != nil {
		return err
	}
	s := w.store
	if len(w.tables) > 0 {
		if err := s.engine.ingest(w.tables...); err != nil {
			return writeError("adding a snapshot", err)
		}
	}
	w.info.Digest = Digest(w.sum.Sum(nil))
	next := s.head
	next.snapshot = w.info
	b := s.engine.db.NewBatch()
	defer b.Close()
	if err := s.advance("making a snapshot current", b, next); err != nil {
		return err
	}
	// The head does not name the older snapshot any more. If the process is killed here,
	// the next Open deletes it.
	return s.clear(key(snapshotKey, 0, 0), key(snapshotKey, w.info.ID, 0))
}

// Abort discards the snapshot. After Commit it does nothing.
func (w *SnapshotWriter) Abort() error {
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	if w.store.writing != w {
		return nil
	}
	return w.abort()
}

// abort deletes the temporary files, under the lock.
func (w *SnapshotWriter) abort() error {
	if w.table != nil {
		w.table.Close()
		w.table = nil
	}
	if w.err == nil {
		w.err = ErrClosed
	}
	w.store.writing = nil
	return w.store.folder.RemoveAll(w.store.folder.path(snapshotTemp))
}
