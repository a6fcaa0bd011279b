package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Coder writes or reads values.
type Coder struct {
	reading bool
	data    []byte // bytes written, or bytes to read
	at      int    // number of bytes read
	err     error
}

// NewWriter returns a coder that appends to data, which may be nil.
func NewWriter(data []byte) *Coder { return &Coder{data: data} }

// NewReader returns a coder that reads data from the front. The data is not copied.
func NewReader(data []byte) *Coder { return &Coder{reading: true, data: data} }

// Encode returns the bytes that visit writes.
func Encode(visit func(*Coder)) []byte {
	c := NewWriter(nil)
	visit(c)
	return c.data
}

// Decode reads all of data with visit and returns the first error.
func Decode(data []byte, visit func(*Coder)) error {
	c := NewReader(data)
	visit(c)
	return c.End()
}

// Reading reports whether the coder reads and has no error, that is, whether the value just
// visited was read.
func (c *Coder) Reading() bool { return c.reading && c.err == nil }

// Writing reports whether the coder writes.
func (c *Coder) Writing() bool { return !c.reading }

// Err returns the first error.
func (c *Coder) Err() error { return c.err }

// Bytes returns the written bytes, or the bytes that have not been read.
func (c *Coder) Bytes() []byte { return c.data }

// Left returns the number of bytes that have not been read; 0 for a writer and after an
// error.
func (c *Coder) Left() int {
	if !c.Reading() {
		return 0
	}
	return len(c.data)
}

// At returns the number of bytes that have been read.
func (c *Coder) At() int { return c.at }

// Fail records an error if there is none yet.
func (c *Coder) Fail(err error) {
	if c.err == nil && err != nil {
		c.err = err
	}
}

// Failf is Fail with a formatted error.
func (c *Coder) Failf(format string, args ...any) { c.Fail(fmt.Errorf(format, args...)) }

// ErrShort reports that the bytes end within a value.
var ErrShort = errors.New("it ends early")

// End returns the first error. For a reader, remaining bytes are an error.
func (c *Coder) End() error {
	if c.Reading() && len(c.data) > 0 {
		c.Failf("%d bytes too many", len(c.data))
	}
	return c.err
}

// Raw codes the len(b) bytes of b, without a length.
func (c *Coder) Raw(b []byte) {
	if !c.reading {
		c.data = append(c.data, b...)
		return
	}
	if have := c.take(len(b)); have != nil {
		copy(b, have)
	}
}

// Rest codes all remaining bytes: it writes *b, or sets *b to the remaining bytes without a
// copy.
func (c *Coder) Rest(b *[]byte) {
	if !c.reading {
		c.data = append(c.data, *b...)
	} else if c.err == nil {
		*b = c.take(len(c.data))
	}
}

// take returns the next n bytes of a reader, or nil after an error.
func (c *Coder) take(n int) []byte {
	if c.err == nil && len(c.data) < n {
		c.Failf("%w: %d bytes are missing", ErrShort, n-len(c.data))
	}
	if c.err != nil {
		return nil
	}
	b := c.data[:n:n]
	c.data, c.at = c.data[n:], c.at+n
	return b
}

// Magic codes the first bytes of a format. A reader requires them.
func (c *Coder) Magic(magic string) {
	if !c.reading {
		c.data = append(c.data, magic...)
		return
	}
	if c.err == nil && len(c.data) < len(magic) {
		c.Failf("%w: it begins with %q, expected %q", ErrShort, c.data, magic)
		return
	}
	if b := c.take(len(magic)); b != nil && string(b) != magic {
		c.Failf("it begins with %q, expected %q", b, magic)
	}
}

// Part codes a byte string of at most limit bytes, after its length in 4 bytes, big-endian.
// A reader does not copy the bytes.
func (c *Coder) Part(what string, b *[]byte, limit int) {
	n := len(*b)
	if c.Count(what, &n, 4, limit, 1); c.Reading() {
		*b = c.take(n)
	} else if c.Writing() {
		c.data = append(c.data, *b...)
	}
}

// PartLE is Part with a little-endian length.
func (c *Coder) PartLE(what string, b *[]byte, limit int) {
	n := uint64(len(*b))
	c.number(what, &n, 4, 0, uint64(limit), binary.LittleEndian)
	if c.Reading() && n > uint64(len(c.data)) {
		c.Failf("%w: %s of %d bytes, %d are left", ErrShort, what, n, len(c.data))
	}
	if c.Reading() {
		*b = c.take(int(n))
	} else if c.Writing() {
		c.data = append(c.data, *b...)
	}
}

// Item codes a value with a fixed-size encoding of size bytes. put appends the encoding to
// a slice; set decodes it. set need not reject non-canonical encodings: Item rejects every
// encoding that put would not write.
func Item[T any](c *Coder, what string, v *T, size int, put func([]byte, T) []byte, set func(*T, []byte) error) {
	if !c.reading {
		c.data = put(c.data, *v)
		return
	}
	have := c.take(size)
	if have == nil {
		return
	}
	var value T
	if err := set(&value, have); err != nil {
		c.Failf("%s: %w", what, err)
	} else if !bytes.Equal(put(make([]byte, 0, size), value), have) {
		c.Failf("%s: written in another way than the one", what)
	} else {
		*v = value
	}
}
