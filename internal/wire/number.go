package wire

import (
	"encoding/binary"

	"fold.example/fold/internal/fault"
)

// ErrVersion reports another version of a format than the reader's: the file was written by
// another version of the program, and is not damaged.
var ErrVersion = fault.New(fault.ErrFormat, "another version of the format")

// Int codes an integer in 1 to 8 bytes, big-endian. A reader accepts values from low to
// high, where low >= 0; if high < low, it accepts none.
func (c *Coder) Int(what string, x *int, size, low, high int) {
	c.integer(what, x, size, low, high, binary.BigEndian)
}

// IntLE is Int with little-endian bytes.
func (c *Coder) IntLE(what string, x *int, size, low, high int) {
	c.integer(what, x, size, low, high, binary.LittleEndian)
}

func (c *Coder) integer(what string, x *int, size, low, high int, order binary.ByteOrder) {
	if c.reading && high < low {
		c.Failf("%s: no number is allowed here", what)
		return
	}
	n := uint64(*x)
	if c.number(what, &n, size, uint64(low), uint64(high), order); c.Reading() {
		*x = int(n)
	}
}

// Uint64 codes any 64-bit integer in 8 bytes, big-endian.
func (c *Coder) Uint64(x *uint64) {
	c.number("number", x, 8, 0, 1<<64-1, binary.BigEndian)
}

// Version codes the version of a format in size bytes. A reader requires the given version;
// its error for any other wraps ErrVersion.
func (c *Coder) Version(what string, version, size int) {
	found := version
	if c.Int(what, &found, size, 0, 1<<(8*size)-1); c.Reading() && found != version {
		c.Failf("%w: %s: found version %d, expected version %d", ErrVersion, what, found, version)
	}
}

// Bool codes a Boolean as a byte, 0 or 1.
func (c *Coder) Bool(what string, x *bool) {
	n := 0
	if *x {
		n = 1
	}
	if c.Int(what, &n, 1, 0, 1); c.Reading() {
		*x = n == 1
	}
}

// Count codes the number of items that follow, at most limit, in size bytes. Every item
// must take at least unit bytes: a reader rejects a count whose items do not fit in the
// remaining bytes, so the caller may allocate a slice of that length.
func (c *Coder) Count(what string, n *int, size, limit, unit int) {
	have := *n
	if c.Int(what, &have, size, 0, limit); !c.Reading() {
		return
	}
	if have > len(c.data)/max(unit, 1) {
		c.Failf("%w: %s: found %d, which take at least %d bytes each, %d bytes are left", ErrShort, what, have, unit,
			len(c.data))
		return
	}
	*n = have
}

// number codes the low size bytes of x.
func (c *Coder) number(what string, x *uint64, size int, low, high uint64, order binary.ByteOrder) {
	var b [8]byte
	part := b[:size]
	if order == binary.ByteOrder(binary.BigEndian) {
		part = b[8-size:]
	}
	if !c.reading {
		order.PutUint64(b[:], *x)
		c.data = append(c.data, part...)
		return
	}
	have := c.take(size)
	if have == nil {
		return
	}
	copy(part, have)
	switch v := order.Uint64(b[:]); {
	case low == high && v != low:
		c.Failf("%s: found %d, expected %d", what, v, low)
	case v < low || v > high:
		c.Failf("%s: found %d, expected %d to %d", what, v, low, high)
	default:
		*x = v
	}
}
