package checkpoint

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/objstorage/objstorageprovider"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// tableChunks is how many chunks make one table file: 64 MiB.
const tableChunks = 64

// SnapshotWriter takes a snapshot of the state after the steps so far, as a stream.
// The bytes go into table files beside the engine, which takes them over as they are
// in [SnapshotWriter.Commit]: they are written once and never pass through its memory.
type SnapshotWriter struct {
	store *Store
	info  SnapshotInfo
	sum   hash.Hash
	// written counts the bytes taken, chunk holds those not yet in a table.
	written int64
	chunk   []byte
	next    uint32
	table   *sstable.Writer
	tables  []string
	err     error
}

// NewSnapshot begins a snapshot of exactly size bytes. One at a time; steps may be
// appended meanwhile, they are not part of it. It must be committed or aborted.
// Memory: a few MiB, whatever the size. Disk: the older snapshot stays until this one
// is committed. [ErrNoSpace] if it would not fit.
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

// Write implements io.Writer. More bytes than announced are refused.
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

// flush puts the chunk into the current table.
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

func (w *SnapshotWriter) open() error {
	f := w.store.folder
	name := f.path(snapshotTemp, fmt.Sprintf("%06d.sst", len(w.tables)))
	file, err := f.Create(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		return writeError("writing "+name, err)
	}
	e := w.store.engine
	lowest := len(e.options.Levels) - 1
	o := e.options.MakeWriterOptions(lowest, e.db.TableFormat())
	w.table = sstable.NewWriter(objstorageprovider.NewFileWritable(file), o)
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

// Commit makes the snapshot durable and then, in one step, the current one; only
// then is the older one removed. If it fails the older one is still current.
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
		err := s.engine.guard.do(func() error { return s.engine.db.Ingest(context.Background(), w.tables) })
		if err != nil {
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
	// The head no longer names the older one. Killed here, Open removes it.
	return s.clear(key(snapshotKey, 0, 0), key(snapshotKey, w.info.ID, 0))
}

// Abort drops what was written. After Commit it does nothing.
func (w *SnapshotWriter) Abort() error {
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	if w.store.writing != w {
		return nil
	}
	return w.abort()
}

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

// Snapshot opens the current snapshot; [ErrRange] if there is none. Memory: a few
// MiB. It stays readable while steps are appended, and must be closed before the
// store is.
func (s *Store) Snapshot() (*SnapshotReader, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	return s.snapshot()
}

func (s *Store) snapshot() (*SnapshotReader, error) {
	info := s.head.snapshot
	if info.ID == 0 {
		return nil, fmt.Errorf("%w: there is no snapshot", ErrRange)
	}
	r := &SnapshotReader{Info: info, engine: s.engine, sum: sha256.New(), left: uint64(info.Size)}
	err := s.engine.do("reading a snapshot", func(db *pebble.DB) (err error) {
		r.it, err = db.NewIter(&pebble.IterOptions{
			LowerBound: key(snapshotKey, info.ID, 0), UpperBound: key(snapshotKey, info.ID, math.MaxUint32),
		})
		return err
	})
	return r, err
}

// SnapshotReader reads a snapshot as a stream. The bytes are those that were written
// when Read has returned io.EOF, and not before: in its place comes [ErrCorrupt] if
// their digest is not the one in the head.
type SnapshotReader struct {
	// Info is what is read.
	Info SnapshotInfo

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

// advance moves to the next chunk, which stays valid until the one after it.
func (r *SnapshotReader) advance() error {
	if r.left == 0 {
		if found := Digest(r.sum.Sum(nil)); found != r.Info.Digest {
			return corrupt("the snapshot at step %d: found digest %s, expected %s", r.Info.At, found, r.Info.Digest)
		}
		return io.EOF
	}
	err := r.engine.do("reading a snapshot", func(*pebble.DB) error {
		step := r.it.Next
		if r.next == 0 {
			step = r.it.First
		}
		if !step() {
			return errors.Join(corrupt("%d bytes are missing", r.left), r.it.Error())
		}
		value, err := r.it.ValueAndErr()
		if err != nil {
			return err
		}
		r.chunk = value
		return checkChunk(r.it.Key(), key(snapshotKey, r.Info.ID, r.next), value, r.left)
	})
	if err != nil {
		r.chunk = nil
		return fmt.Errorf("the snapshot at step %d: %w", r.Info.At, err)
	}
	r.sum.Write(r.chunk)
	r.left -= uint64(len(r.chunk))
	r.next++
	return nil
}

// drain reads to the end.
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
	if r.it == nil {
		return nil
	}
	it := r.it
	r.it, r.chunk = nil, nil
	if r.err == nil {
		r.err = ErrClosed
	}
	return r.engine.do("reading a snapshot", func(*pebble.DB) error { return it.Close() })
}
