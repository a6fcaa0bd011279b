package files

import (
	"errors"
	"fmt"
	"math"
	"os"
	"sync"
)

// Mapping is a read-only view of a file's bytes, shared with all processes that map
// the file. Where the system has no mappings it is a copy.
type Mapping struct {
	Data []byte

	file  *os.File // kept open: Check looks at the file that was mapped, whatever its name is now
	path  string
	mu    sync.Mutex // of stamp
	stamp stamp
	once  sync.Once
	err   error
}

// Map maps a regular file.
func Map(path string) (*Mapping, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	m := &Mapping{file: f, path: path}
	if err := m.mapAll(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	mappings.add(m)
	return m, nil
}

func (m *Mapping) mapAll() error {
	info, err := m.file.Stat()
	if err != nil {
		return err
	}
	if n := info.Size(); n > math.MaxInt {
		return fmt.Errorf("%s has %d bytes, expected at most %d: %w", m.path, n, math.MaxInt, ErrTooLarge)
	}
	if m.stamp = stampOf(info); info.Size() == 0 {
		return nil
	}
	m.Data, err = mapBytes(m.file, int(info.Size()))
	return err
}

// Close gives the memory back: Data must not be used again. Later calls do nothing.
func (m *Mapping) Close() error {
	m.once.Do(func() {
		mappings.remove(m)
		if len(m.Data) > 0 {
			m.err = unmapBytes(m.Data)
		}
		m.err = errors.Join(m.err, m.file.Close())
		m.Data = nil
	})
	return m.err
}

// Check reports whether the file was truncated or written to since Map, by its size and
// times. The error wraps ErrChanged. When only the time of the last change of the
// file's attributes differs, such as after another name was given to it, sameBytes must
// tell whether the bytes are what they were; its error is returned. Check may be called
// concurrently.
func (m *Mapping) Check(sameBytes func() error) error {
	info, err := m.file.Stat()
	if err != nil {
		return err
	}
	now := stampOf(info)
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case now == m.stamp:
		return nil
	case now.size != m.stamp.size:
		return fmt.Errorf("%s has %d bytes, expected %d: %w", m.path, now.size, m.stamp.size, ErrChanged)
	case now.modified != m.stamp.modified:
		return fmt.Errorf("%s was written to at %v: %w", m.path, info.ModTime(), ErrChanged)
	}
	if err := sameBytes(); err != nil {
		return err
	}
	m.stamp = now
	return nil
}

// stamp is what changes when a file is written to.
type stamp struct {
	size              int64
	modified, changed int64 // nanoseconds
}
