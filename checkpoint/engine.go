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
	// memtable: the engine reserves logs of this size on disk, one more than stalled, and
	// holds up to stalled of them in memory while earlier ones are written out. What is
	// large is not logged, but for a large batch, which the log takes all the same.
	memtable = 1 << 20
	stalled  = 3
	// cache of blocks: everything is read in order, and once.
	cache = 8 << 20
)

// engine is a Pebble database that fails with an error instead of ending the
// process, or waiting for ever.
type engine struct {
	db      *pebble.DB
	options *pebble.Options
	guard   *guard
}

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
		// Commitments and field elements look random.
		o.Levels[i].Compression = func() *sstable.CompressionProfile { return sstable.NoCompression }
	}
	return o
}

// do runs f against the engine. It returns early when the engine fails for good.
func (e *engine) do(doing string, f func(*pebble.DB) error) error {
	return engineError(doing, e.guard.do(func() error { return f(e.db) }))
}

// commit makes a batch durable, all of it or nothing.
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

// ingest has the engine take over table files as they are, by one synced edit.
func (e *engine) ingest(names ...string) error {
	return e.guard.do(func() error { return e.db.Ingest(context.Background(), names) })
}

// excise gives the space of a range of keys that have been deleted back at once,
// instead of when a compaction comes by. It is an economy: without it nothing is wrong.
func (e *engine) excise(from, to []byte) error {
	return e.do("releasing space", func(db *pebble.DB) error {
		return db.Excise(context.Background(), pebble.KeyRange{Start: from, End: to})
	})
}

// close ends the engine, its memtables flushed, so that no log must be replayed. One
// that has failed is left alone: its goroutines hold its locks.
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
// or manifest cannot be written, and tries again for ever when a flush fails; a run
// of hours is owed a sentence instead. After a failure the engine is never touched
// again, and its goroutine that failed stays where it is.
type guard struct {
	once   sync.Once
	failed chan struct{}
	err    error
}

func (g *guard) fail(err error) {
	g.once.Do(func() {
		g.err = err
		close(g.failed)
	})
}

func (g *guard) broken() bool {
	select {
	case <-g.failed:
		return true
	default:
		return false
	}
}

// do runs f until it returns or the engine fails, whichever is first.
func (g *guard) do(f func() error) error {
	if g.broken() {
		return g.err
	}
	done := make(chan error, 1)
	go func() {
		// Damaged files can have it panic.
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

func (g *guard) background(err error) {
	if !errors.Is(err, pebble.ErrCancelledCompaction) {
		g.fail(err)
	}
}

// Infof implements pebble.Logger.
func (*guard) Infof(string, ...any) {}

// Errorf implements pebble.Logger.
func (*guard) Errorf(string, ...any) {}

// Fatalf implements pebble.Logger. Its callers rely on its not returning.
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

// unlocked is a file system for the engine without its lock: the store's own LOCK
// keeps writers apart, and several readers may share.
type unlocked struct{ vfs.FS }

func (unlocked) Lock(string) (io.Closer, error) { return io.NopCloser(nil), nil }

// Unwrap lets the engine see the file system below.
func (u unlocked) Unwrap() vfs.FS { return u.FS }
