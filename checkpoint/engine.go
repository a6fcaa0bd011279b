package checkpoint

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/objstorage/objstorageprovider"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"
)

const (
	// memtable is the size of a memtable and of its log in bytes. The engine keeps up to
	// stalled memtables in memory while earlier ones are flushed, and stalled + 1 logs on
	// disk. A batch larger than a memtable is logged, too.
	memtable = 1 << 20
	stalled  = 3
	// cache is the size of the block cache in bytes. It is small because the store is
	// read once, in order.
	cache = 8 << 20
)

// engine is a Pebble database that returns an error where Pebble would end the process or
// retry for ever.
type engine struct {
	db      *pebble.DB
	options *pebble.Options
	guard   *guard
}

// openEngine opens the database. The error wraps ErrCorrupt if it is damaged.
func openEngine(f folder, readOnly bool) (*engine, error) {
	g := &guard{failed: make(chan struct{})}
	o := options(f, g, readOnly)
	e := &engine{options: o, guard: g}
	err := g.do(func() (err error) {
		e.db, err = pebble.Open(f.path(engineName), o)
		return err
	})
	return e, engineError("opening "+f.path(engineName), err)
}

// options returns the options of the database.
func options(f folder, g *guard, readOnly bool) *pebble.Options {
	o := &pebble.Options{
		FS:                          unlocked{f.FS},
		FormatMajorVersion:          pebble.FormatValueSeparation,
		MemTableSize:                memtable,
		MemTableStopWritesThreshold: stalled,
		CacheSize:                   cache,
		MaxOpenFiles:                256,
		Logger:                      g,
		ReadOnly:                    readOnly,
		ErrorIfNotExists:            readOnly,
		// Reading must leave the folder as it is.
		DisableAutomaticCompactions: readOnly,
		DisableTableStats:           readOnly,
		EventListener: &pebble.EventListener{
			BackgroundError: g.background,
			DataCorruption:  func(info pebble.DataCorruptionInfo) { g.fail(corrupt("%w", info.Details)) },
		},
	}
	for i := range o.Levels {
		// Commitments and field elements do not compress.
		o.Levels[i].Compression = func() *sstable.CompressionProfile { return sstable.NoCompression }
	}
	return o
}

// do runs f on the database. It returns early if the engine fails permanently: f may then still
// run, so after an error the caller must not touch what f reads or writes. doing names the
// operation in the error.
func (e *engine) do(doing string, f func(*pebble.DB) error) error {
	return engineError(doing, e.guard.do(func() error { return f(e.db) }))
}

// commit makes a batch durable, completely or not at all.
func (e *engine) commit(doing string, b *pebble.Batch) error {
	return writeError(doing, e.guard.do(func() error { return b.Commit(pebble.Sync) }))
}

// newTable begins a table file beside the engine, for ingest. Closing it syncs it.
func (e *engine) newTable(f folder, name string) (*sstable.Writer, error) {
	file, err := f.Create(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		return nil, writeError("writing "+name, err)
	}
	o := e.options.MakeWriterOptions(len(e.options.Levels)-1, e.db.TableFormat())
	return sstable.NewWriter(objstorageprovider.NewFileWritable(file), o), nil
}

// ingest adds table files to the database without copying them, by one synced edit.
func (e *engine) ingest(names ...string) error {
	return e.guard.do(func() error { return e.db.Ingest(context.Background(), names) })
}

// excise releases the space of a range of deleted keys at once. Without it a later
// compaction would.
func (e *engine) excise(from, to []byte) error {
	return e.do("releasing space", func(db *pebble.DB) error {
		return db.Excise(context.Background(), pebble.KeyRange{Start: from, End: to})
	})
}

// close flushes the memtables, so that no log must be replayed, and closes the database. It
// does not touch an engine that has failed, whose goroutines hold its locks.
func (e *engine) close() error {
	return e.guard.do(func() error {
		var err error
		if !e.options.ReadOnly {
			err = e.db.Flush()
		}
		return errors.Join(err, e.db.Close())
	})
}

// guard stands between Pebble and the process. Pebble ends the process when its log
// or manifest cannot be written, and retries for ever when a flush fails; a run of hours is
// owed a sentence instead. After a failure the engine is never used again, and its failed
// goroutine stays blocked.
type guard struct {
	once   sync.Once
	failed chan struct{} // closed by the first failure
	err    error         // the first failure, set before failed is closed
}

// fail records the first failure.
func (g *guard) fail(err error) {
	g.once.Do(func() {
		g.err = err
		close(g.failed)
	})
}

// broken reports whether the engine has failed.
func (g *guard) broken() bool {
	select {
	case <-g.failed:
		return true
	default:
		return false
	}
}

// do runs f and returns when f returns or the engine fails.
func (g *guard) do(f func() error) error {
	if g.broken() {
		return g.err
	}
	done := make(chan error, 1)
	go func() {
		// Pebble may panic on damaged files.
		defer func() {
			if r := recover(); r != nil {
				done <- corrupt("the engine gave up: %v", r)
			}
		}()
		done <- f()
	}()
	select {
	case err := <-done:
		return err
	case <-g.failed:
		return g.err
	}
}

// background receives the errors of Pebble's background work.
func (g *guard) background(err error) {
	if !errors.Is(err, pebble.ErrCancelledCompaction) {
		g.fail(err)
	}
}

// Infof implements pebble.Logger.
func (*guard) Infof(string, ...any) {}

// Errorf implements pebble.Logger.
func (*guard) Errorf(string, ...any) {}

// Fatalf implements pebble.Logger. It never returns, as its callers require.
func (g *guard) Fatalf(format string, args ...any) {
	err := fmt.Errorf("%s", fmt.Sprintf(format, args...))
	for _, a := range args {
		if cause, ok := a.(error); ok {
			err = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), cause)
		}
	}
	g.fail(err)
	select {}
}

// unlocked is a file system without Pebble's own lock. The store's LOCK excludes other
// writers, and readers share it.
type unlocked struct{ vfs.FS }

// Lock does nothing.
func (unlocked) Lock(string) (io.Closer, error) { return io.NopCloser(nil), nil }

// Unwrap returns the file system below.
func (u unlocked) Unwrap() vfs.FS { return u.FS }
