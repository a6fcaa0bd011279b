package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Coder writes values, or reads them.
type Coder struct {
	reading bool
	data    []byte // what has been written, or is to be read
	at      int    // bytes that have been read
	err     error
}

// NewWriter returns a coder that appends to data, which may be nil.
func NewWriter(data []byte) *Coder { return &Coder{data: data} }

// NewReader returns a coder that reads data from the front. The data is not copied.
func NewReader(data []byte) *Coder { return &Coder{reading: true, data: data} }

// Encode returns what a visit writes.
func Encode(visit func(*Coder)) []byte {
	c := NewWriter(nil)
	visit(c)
	return c.data
}

// Decode reads all of data with a visit and returns the first error.
func Decode(data []byte, visit func(*Coder)) error {
	c := NewReader(data)
	visit(c)
	return c.End()
}

// Reading says whether the coder reads and has met no error: whether a value that has just
// been visited was read.
func (c *Coder) Reading() bool { return c.reading && c.err == nil }

// Writing says whether the coder writes.
func (c *Coder) Writing() bool { return !c.reading }

// Err returns the first error.
func (c *Coder) Err() error { return c.err }

// Bytes returns what has been written, or what has not been read yet.
func (c *Coder) Bytes() []byte { return c.data }

// Left is how many bytes have not been read yet, 0 of a writer and after an error.
func (c *Coder) Left() int {
	if !c.Reading() {
		return 0
	}
	return len(c.data)
}

// At is the number of bytes that have been read.
func (c *Coder) At() int { return c.at }

// Fail keeps an error, if it is the first.
func (c *Coder) Fail(err error) {
	if c.err == nil && err != nil {
		c.err = err
	}
}

// Failf is Fail of a formatted error.
func (c *Coder) Failf(format string, args ...any) { c.Fail(fmt.Errorf(format, args...)) }

// ErrShort is the error of a reader whose bytes end within a value.
var ErrShort = errors.New("it ends early")

// End returns the first error. For a reader, bytes that are left over are one.
func (c *Coder) End() error {
	if c.Reading() && len(c.data) > 0 {
		c.Failf("%d bytes too many", len(c.data))
	}
	return c.err
}

// Raw codes the len(b) bytes of b.
func (c *Coder) Raw(b []byte) {
	if !c.reading {
		c.data = append(c.data, b...)
		return
	}
	if have := c.take(len(b)); have != nil {
		copy(b, have)
	}
}

// Rest codes all that follows: *b is written, or is set to what is left, without a copy.
func (c *Coder) Rest(b *[]byte) {
	if !c.reading {
		c.data = append(c.data, *b...)
	} else if c.err == nil {
		*b = c.take(len(c.data))
	}
}

// take returns the next n bytes of a reader, nil after an error.
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

// Magic codes the bytes that a format begins with.
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

// Part codes bytes behind their length in 4 bytes, at most limit of them. What is read is not
// copied.
func (c *Coder) Part(what string, b *[]byte, limit int) {
	n := len(*b)
	if c.Count(what, &n, 4, limit, 1); c.Reading() {
		*b = c.take(n)
	} else if c.Writing() {
		c.data = append(c.data, *b...)
	}
}

// PartLE is Part with a length whose lowest byte comes first.
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

// Item codes a value that has an encoding of its own, of size bytes. put appends it to a slice;
// set reads it, and need not refuse other encodings of the value: what put does not write is
// refused here.
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
