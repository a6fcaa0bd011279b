package fold

import (
	"encoding/binary"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
)

// proofCoder writes a proof's values, or reads them: one text for both. It keeps the
// first error.
type proofCoder struct {
	reading bool
	data    []byte // what has been written, or is to be read
	err     error
}

func (c *proofCoder) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

// raw codes len(b) bytes.
func (c *proofCoder) raw(b []byte) {
	switch {
	case !c.reading:
		c.data = append(c.data, b...)
	case c.err != nil:
	case len(c.data) < len(b):
		c.fail("it ends %d bytes early", len(b)-len(c.data))
	default:
		c.data = c.data[copy(b, c.data):]
	}
}

// number codes an integer in size bytes; what is read is from low to high.
func (c *proofCoder) number(what string, x *int, size, low, high int) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(*x))
	c.raw(b[8-size:])
	if !c.reading || c.err != nil {
		return
	}
	v := binary.BigEndian.Uint64(b[:])
	switch {
	case low == high && v != uint64(low):
		c.fail("%s: found %d, expected %d", what, v, low)
		return
	case v < uint64(low) || v > uint64(high):
		c.fail("%s: found %d, expected %d to %d", what, v, low, high)
		return
	}
	*x = int(v)
}

func (c *proofCoder) flag(what string, x *bool) {
	n := 0
	if *x {
		n = 1
	}
	c.number(what, &n, 1, 0, 1)
	*x = n == 1
}

// item codes a value of 32 bytes that has an encoding of its own, which is the only one.
func item[T any](c *proofCoder, what string, v *T, write func(T) [32]byte, read func(*T, []byte) error) {
	b := write(*v)
	c.raw(b[:])
	if !c.reading || c.err != nil {
		return
	}
	if err := read(v, b[:]); err != nil {
		c.fail("%s: %w", what, err)
	} else if write(*v) != b {
		c.fail("%s: written in another way than the one", what)
	}
}

func (c *proofCoder) scalars(what string, list ...*fr.Element) {
	for _, v := range list {
		item(c, what, v, func(v fr.Element) [32]byte { return v.Bytes() }, (*fr.Element).SetBytesCanonical)
	}
}

func (c *proofCoder) cycleScalars(what string, list ...*fq.Element) {
	for _, v := range list {
		item(c, what, v, func(v fq.Element) [32]byte { return v.Bytes() }, (*fq.Element).SetBytesCanonical)
	}
}

func (c *proofCoder) points(what string, list ...*bn254.G1Affine) {
	for _, p := range list {
		item(c, what, p, func(p bn254.G1Affine) [32]byte { return p.Bytes() },
			func(p *bn254.G1Affine, b []byte) error { _, err := p.SetBytes(b); return err })
	}
}

func (c *proofCoder) cyclePoints(what string, list ...*grumpkin.G1Affine) {
	for _, p := range list {
		item(c, what, p, func(p grumpkin.G1Affine) [32]byte { return p.Bytes() },
			func(p *grumpkin.G1Affine, b []byte) error { _, err := p.SetBytes(b); return err })
	}
}

// zeros codes scalars that are zero.
func (c *proofCoder) zeros(what string, n int) {
	for range n {
		var zero fr.Element
		if c.scalars(what, &zero); !zero.IsZero() {
			c.fail("%s has more coordinates than the key says", what)
		}
	}
}
