package files

import (
	"errors"
	"fmt"
	"math"
	"os"
	"sync"
)

// Mapping is a read-only view of a file's bytes, shared with all processes that map
// the file. On systems without mappings it is a copy.
type Mapping struct {
	Data []byte // valid until Close

	file  *os.File // stays open, so that Check examines the mapped file even after a rename
	path  string
	mu    sync.Mutex // guards stamp
	stamp stamp
	once  sync.Once
	err   error
}

// Map maps a regular file. The error wraps ErrNotRegular or ErrTooLarge, or comes from the
// file system.
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

// mapAll maps the whole file and records its stamp.
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

// Close unmaps the file. Data must not be used afterwards. Later calls return the same
// error.
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

// Check returns an error that wraps ErrChanged if the size or times show that the file was
// truncated or written to since Map. If only the time of the last attribute change differs,
// for example after a rename, Check calls sameBytes, which must compare the bytes, and
// returns its error. Check may be called concurrently.
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

// stamp is the attributes of a file that a write changes.
type stamp struct {
	size              int64
	modified, changed int64 // times of the last change of bytes and of attributes, in nanoseconds since 1970
}
