package step

import (
	"encoding/binary"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/step/argument"
	"fold/step/weights"
)

// codec writes values, or reads them: one text for both directions, so that a
// decoder takes exactly what its encoder writes. Numbers have four bytes, elements
// 32, big-endian both; points are compressed. Every primitive has one encoding and
// every list the length that its owner knows or that stands before it, so no two
// values share an encoding and no value has two.
type codec struct {
	reading bool
	out     []byte
	in      weights.Reader
	err     error // the first; what is read afterwards is zero
}

func (c *codec) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// number is between 0 and limit, both included.
func (c *codec) number(what string, x *int, limit int) {
	if !c.reading {
		c.out = binary.BigEndian.AppendUint32(c.out, uint32(*x))
		return
	}
	b := c.in.Take(4)
	if b == nil {
		c.fail(weights.ErrShort)
		return
	}
	n := binary.BigEndian.Uint32(b)
	if uint64(n) > uint64(limit) {
		c.fail(fmt.Errorf("%s: found %d, expected at most %d", what, n, limit))
		return
	}
	*x = int(n)
}

func (c *codec) element(e *fr.Element) {
	if !c.reading {
		b := e.Bytes()
		c.out = append(c.out, b[:]...)
		return
	}
	if c.err == nil {
		var err error
		if *e, err = c.in.Element(); err != nil {
			c.fail(err)
		}
	}
}

func (c *codec) elements(v []fr.Element) {
	for i := range v {
		c.element(&v[i])
	}
}

func (c *codec) point(p *bn254.G1Affine) {
	if !c.reading {
		b := p.Bytes()
		c.out = append(c.out, b[:]...)
		return
	}
	if c.err == nil {
		if err := c.in.Point(p); err != nil {
			c.fail(err)
		}
	}
}

// tokens is a list with its length, of at most limit tokens below vocab.
func (c *codec) tokens(what string, v *[]int, limit, vocab int) {
	n := len(*v)
	c.number("number of "+what, &n, limit)
	if c.reading {
		if *v = nil; c.err != nil || n == 0 {
			return
		}
		if n > len(c.in.Data)/4 {
			c.fail(weights.ErrShort)
			return
		}
		*v = make([]int, n)
	}
	for i := range *v {
		c.number(what, &(*v)[i], vocab-1)
	}
}

// encode runs a writer.
func encode(write func(*codec)) []byte {
	c := &codec{}
	write(c)
	return c.out
}

// decode runs a reader over all of b; errors wrap ErrEncoding.
func decode(what string, b []byte, read func(*codec)) error {
	c := &codec{reading: true, in: weights.Reader{Data: b}}
	read(c)
	if n := len(c.in.Data); c.err == nil && n > 0 {
		c.err = fmt.Errorf("%d bytes too many", n)
	}
	if c.err != nil {
		return fmt.Errorf("%w: %s: %w", argument.ErrEncoding, what, c.err)
	}
	return nil
}
