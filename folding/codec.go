package folding

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/wire"
)

// ErrEncoding marks bytes that are no state of the given parameters: cut, too long,
// of other parameters, or in a form that encoding does not write.
var ErrEncoding = errors.New("not an encoded state")

// stateMagic begins an encoded state, with the version of the format.
const stateMagic = "fold ivc 3\n"

// A value of a vector has one of four kinds, in two bits: most values of a witness
// are bits.
const (
	kindZero = iota
	kindOne
	kindWord  // 2 to 2^64 - 1, 8 bytes
	kindWhole // the others, 32 bytes
)

// kindOf returns the only kind that a value may be written as.
func kindOf(b *[curve.ElementSize]byte) int {
	for _, v := range b[:24] {
		if v != 0 {
			return kindWhole
		}
	}
	return int(min(binary.BigEndian.Uint64(b[24:]), kindWord))
}

// bytesOf is how many of a value's last bytes are written for each kind.
var bytesOf = [...]int{kindZero: 0, kindOne: 0, kindWord: 8, kindWhole: curve.ElementSize}

// Encode returns the state as bytes, the same for the same state. It is secret, as
// it contains all witnesses. Error vectors follow from the rest, as does the last
// instance's witness from its inputs: they are left out.
func (p *Params) Encode(s *State) []byte {
	written, fresh := *s, *s.fresh
	fresh.W, written.fresh = fresh.W[:p.augmented.Inputs()], &fresh
	return wire.Encode(func(c *wire.Coder) { p.code(c, &written) })
}

// Decode is the inverse of Encode: it accepts what Encode writes for these parameters
// and nothing else. Points are checked to be on their curve and values to be canonical.
// The last instance is solved again, and each running instance gets the one error vector
// that satisfies its relation; that these are what is committed to, and all else, is for
// Verify. Errors wrap ErrEncoding.
func (p *Params) Decode(b []byte) (*State, error) {
	s := p.blank()
	if err := wire.Decode(b, func(c *wire.Coder) { p.code(c, s) }); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEncoding, err)
	}
	if s.I == 0 {
		return p.decodeStart(s, b)
	}
	solved, err := p.augmented.Solve(s.Fresh.X, s.fresh.W)
	if err != nil {
		return nil, fmt.Errorf("%w: the last instance: %w", ErrEncoding, err)
	}
	s.fresh.W, s.fresh.products = solved.W, &solved.Products
	if err := p.main.relax(s.Main, s.main); err != nil {
		return nil, err
	}
	return s, p.cycle.relax(s.Cycle, s.cycle)
}

// relax completes a witness by its error vector.
func (s *Scheme[E, C]) relax(u Instance[E, C], w *Witness[E]) error {
	products, err := s.shape.Multiply(u.U, u.X, w.W)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrEncoding, err)
	}
	w.E, w.products = products.Slack(u.U), &products
	return nil
}

// decodeStart accepts the one state that begins with a z_0.
func (p *Params) decodeStart(s *State, b []byte) (*State, error) {
	start, err := p.Start(s.First)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(p.Encode(start), b) {
		return nil, fmt.Errorf("%w: no step has been proven, but it is not how a run begins", ErrEncoding)
	}
	return start, nil
}

// blank is a state whose lists have the lengths that code reads, with the inputs alone of
// the last instance's witness.
func (p *Params) blank() *State {
	s := &State{fresh: &FreshWitness[fr.Element]{
		W: make([]fr.Element, p.augmented.Inputs()), Blind: make([]fr.Element, 1),
	}}
	s.First, s.Z = make([]fr.Element, p.width), make([]fr.Element, p.width)
	s.Main, s.main = p.main.Default()
	s.Cycle, s.cycle = p.cycle.Default()
	s.Fresh = Fresh[fr.Element, bn254.G1Affine]{W: make([]bn254.G1Affine, 1), X: make([]fr.Element, 1)}
	return s
}

// code visits a state in the order of PROTOCOL.md, section 7.
func (p *Params) code(c *wire.Coder, s *State) {
	onMain, onCycle, pp := curve.BN254, curve.Grumpkin, p.pp
	c.Magic(stateMagic)
	if onMain.Code(c, "parameters", &pp); c.Reading() && pp != p.pp {
		c.Failf("the parameters are %s, want %s", pp.Text(16), p.pp.Text(16))
	}
	c.Uint64(&s.I)
	onMain.CodeAll(c, "z", s.First, s.Z)

	codePoints(c, onMain, &s.Main.W[0], &s.Main.E, &s.Fresh.W[0])
	onMain.Code(c, "U, u_i", &s.Main.U, &s.Main.X[0], &s.Fresh.X[0])
	onMain.Code(c, "blinds of U, u_i", &s.main.BlindW[0], &s.main.BlindE, &s.fresh.Blind[0])

	codePoints(c, onCycle, &s.Cycle.W[0], &s.Cycle.W[1], &s.Cycle.E)
	onCycle.Code(c, "cfU", &s.Cycle.U)
	onCycle.CodeAll(c, "cfU", s.Cycle.X)
	onCycle.CodeAll(c, "blinds of cfU", s.cycle.BlindW)
	onCycle.Code(c, "blinds of cfU", &s.cycle.BlindE)

	codeVector(c, s.main.W)
	codeVector(c, s.fresh.W)
	codeVector(c, s.cycle.W)
}

// codePoints visits points as their two coordinates, both zero at infinity, and checks that
// what is read is on the curve.
func codePoints[E curve.Element, C comparable](c *wire.Coder, on *curve.Curve[E, C], list ...*C) {
	for _, p := range list {
		switch p := any(p).(type) { // coordinates are of one field each, which has two packages
		case *bn254.G1Affine:
			curve.Fq.Code(c, "a coordinate", (*fq.Element)(&p.X), (*fq.Element)(&p.Y))
		case *grumpkin.G1Affine:
			curve.Fr.Code(c, "a coordinate", (*fr.Element)(&p.X), (*fr.Element)(&p.Y))
		}
		if c.Reading() && !on.OnCurve(*p) {
			c.Failf("a point that is not on %s", on.Name)
		}
	}
}

// codeVector visits the kinds of all values, four a byte from the low bits on, and then what
// is left of each value. A reader's length comes from the parameters, never from the bytes.
func codeVector[E curve.Element](c *wire.Coder, v []E) {
	f, at, kinds := curve.FieldOf[E](), len(c.Bytes()), make([]byte, (len(v)+3)/4)
	c.Raw(kinds)
	if c.Writing() {
		for i := range v {
			b := f.Encode(v[i])
			kind := kindOf(&b)
			c.Bytes()[at+i/4] |= byte(kind << (i % 4 * 2))
			c.Raw(b[len(b)-bytesOf[kind]:])
		}
		return
	}
	if n := len(v); n%4 > 0 && kinds[n/4]>>(n%4*2) != 0 {
		c.Failf("kinds of values after the last")
	}
	for i := 0; i < len(v) && c.Reading(); i++ {
		v[i] = readValue(c, f, i, int(kinds[i/4]>>(i%4*2)&3))
	}
}

// readValue reads value i of a vector, of a kind.
func readValue[E curve.Element](c *wire.Coder, f *curve.Field[E], i, kind int) E {
	var b [curve.ElementSize]byte
	if kind == kindOne {
		b[len(b)-1] = 1
	}
	if n := bytesOf[kind]; n > 0 {
		c.Raw(b[len(b)-n:])
	}
	if c.Reading() && kindOf(&b) != kind {
		c.Failf("value %d of kind %d is of kind %d", i, kind, kindOf(&b))
	}
	v, err := f.Decode(b[:])
	if err != nil {
		c.Failf("value %d: %w", i, err)
	}
	return v
}
