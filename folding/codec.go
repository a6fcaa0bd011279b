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

	"fold/folding/internal/protocol"
	"fold/internal/curve"
)

// ErrEncoding marks bytes that are no state of the given parameters: cut, too long,
// of other parameters, or in a form that encoding does not write.
var ErrEncoding = errors.New("not an encoded state")

// stateMagic begins an encoded state, with the version of the format.
const stateMagic = "fold ivc 2\n"

// A value of a vector has one of four kinds, in two bits: most values of a witness
// are bits.
const (
	kindZero = iota
	kindOne
	kindWord  // 2 to 2^64 - 1, 8 bytes
	kindWhole // the others, 32 bytes
)

func appendElements[E curve.Element](out []byte, values ...E) []byte {
	f := curve.FieldOf[E]()
	for i := range values {
		b := f.Encode(values[i])
		out = append(out, b[:]...)
	}
	return out
}

// kindOf returns the only kind that a value may be written as.
func kindOf(b *[32]byte) int {
	for _, v := range b[:24] {
		if v != 0 {
			return kindWhole
		}
	}
	return int(min(binary.BigEndian.Uint64(b[24:]), kindWord))
}

// appendVector writes the kinds of all values, four a byte from the low bits on, and
// then what is left of each value.
func appendVector[E curve.Element](out []byte, v []E) []byte {
	at, f := len(out), curve.FieldOf[E]()
	out = append(out, make([]byte, (len(v)+3)/4)...)
	for i := range v {
		b := f.Encode(v[i])
		kind := kindOf(&b)
		out[at+i/4] |= byte(kind << (i % 4 * 2))
		switch kind {
		case kindWord:
			out = append(out, b[24:]...)
		case kindWhole:
			out = append(out, b[:]...)
		}
	}
	return out
}

// Encode returns the state as bytes, the same for the same state. It is secret, as
// it contains all witnesses. Error vectors follow from the rest, as does the last
// instance's witness from its inputs: they are left out.
func (p *Params) Encode(s *State) []byte {
	out := appendElements([]byte(stateMagic), p.pp)
	out = binary.BigEndian.AppendUint64(out, s.I)
	out = appendElements(appendElements(out, s.First...), s.Z...)
	out = appendMainPoints(out, append(s.Main.W[:1:1], s.Main.E, s.Fresh.W[0])...)
	out = appendElements(out, s.Main.U, s.Main.X[0], s.Fresh.X[0])
	out = appendElements(out, s.main.BlindW[0], s.main.BlindE, s.fresh.Blind[0])
	out = appendCyclePoints(out, append(s.Cycle.W[:2:2], s.Cycle.E)...)
	out = appendElements(appendElements(out, s.Cycle.U), s.Cycle.X...)
	out = appendElements(appendElements(out, s.cycle.BlindW...), s.cycle.BlindE)
	out = appendVector(appendVector(out, s.main.W), s.fresh.W[:p.augmented.Inputs()])
	return appendVector(out, s.cycle.W)
}

// A point is its coordinates, both zero at infinity.
func appendMainPoints(out []byte, points ...bn254.G1Affine) []byte {
	for _, p := range points {
		out = appendElements(out, fq.Element(p.X), fq.Element(p.Y)) // one field, two packages
	}
	return out
}

func appendCyclePoints(out []byte, points ...grumpkin.G1Affine) []byte {
	for _, p := range points {
		out = appendElements(out, fr.Element(p.X), fr.Element(p.Y))
	}
	return out
}

// Decode is the inverse of Encode: it accepts what Encode writes for these parameters
// and nothing else. Points are checked to be on their curve and values to be canonical.
// The last instance is solved again, and each running instance gets the one error vector
// that satisfies its relation; that these are what is committed to, and all else, is for
// Verify. Errors wrap ErrEncoding.
func (p *Params) Decode(b []byte) (*State, error) {
	d := &decoder{rest: b}
	s := d.state(p)
	if d.err == nil && len(d.rest) > 0 {
		d.fail("%d bytes after the end", len(d.rest))
	}
	if d.err != nil {
		return nil, d.err
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

// decoder reads from the front and keeps the first error.
type decoder struct {
	rest []byte
	err  error
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s", ErrEncoding, fmt.Sprintf(format, args...))
	}
}

// take returns the next n bytes, or n zeros after a failure.
func (d *decoder) take(n int) []byte {
	if d.err == nil && len(d.rest) < n {
		d.fail("it ends %d bytes early", n-len(d.rest))
	}
	if d.err != nil {
		return make([]byte, n)
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) state(p *Params) *State {
	if magic := string(d.take(len(stateMagic))); magic != stateMagic {
		d.fail("it begins with %q, want %q", magic, stateMagic)
	}
	if pp := elements[fr.Element](d, 1)[0]; pp != p.pp {
		d.fail("the parameters are %s, want %s", pp.Text(16), p.pp.Text(16))
	}
	s := &State{main: new(Witness[fr.Element]), fresh: new(FreshWitness[fr.Element]), cycle: new(Witness[fq.Element])}
	s.I = binary.BigEndian.Uint64(d.take(8))
	s.First, s.Z = elements[fr.Element](d, p.step.Width()), elements[fr.Element](d, p.step.Width())
	s.Main.W, s.Main.E, s.Fresh.W = d.mainPoints(1), d.mainPoints(1)[0], d.mainPoints(1)
	s.Main.U, s.Main.X, s.Fresh.X = elements[fr.Element](d, 1)[0], elements[fr.Element](d, 1), elements[fr.Element](d, 1)
	s.main.BlindW, s.main.BlindE = elements[fr.Element](d, 1), elements[fr.Element](d, 1)[0]
	s.fresh.Blind = elements[fr.Element](d, 1)
	s.Cycle.W, s.Cycle.E = d.cyclePoints(2), d.cyclePoints(1)[0]
	s.Cycle.U, s.Cycle.X = elements[fq.Element](d, 1)[0], elements[fq.Element](d, protocol.CyclePublic)
	s.cycle.BlindW, s.cycle.BlindE = elements[fq.Element](d, 2), elements[fq.Element](d, 1)[0]
	s.main.W, s.fresh.W = vector[fr.Element](d, p.main.shape.Private()), vector[fr.Element](d, p.augmented.Inputs())
	s.cycle.W = vector[fq.Element](d, p.cycle.shape.Private())
	return s
}

func elements[E curve.Element](d *decoder, n int) []E {
	v, f := make([]E, n), curve.FieldOf[E]()
	for i := range v {
		var err error
		if v[i], err = f.Decode(d.take(curve.ElementSize)); err != nil {
			d.fail("an element: %v", err)
		}
	}
	return v
}

func (d *decoder) mainPoints(n int) []bn254.G1Affine {
	points := make([]bn254.G1Affine, n)
	for i := range points {
		c := elements[fq.Element](d, 2)
		points[i].X, points[i].Y = [4]uint64(c[0]), [4]uint64(c[1])
		if !points[i].IsOnCurve() {
			d.fail("a point that is not on BN254")
		}
	}
	return points
}

func (d *decoder) cyclePoints(n int) []grumpkin.G1Affine {
	points := make([]grumpkin.G1Affine, n)
	for i := range points {
		c := elements[fr.Element](d, 2)
		points[i].X, points[i].Y = [4]uint64(c[0]), [4]uint64(c[1])
		if !points[i].IsOnCurve() {
			d.fail("a point that is not on Grumpkin")
		}
	}
	return points
}

// vector reads n values; n comes from the parameters, never from the bytes.
func vector[E curve.Element](d *decoder, n int) []E {
	kinds := d.take((n + 3) / 4)
	if n%4 > 0 && kinds[n/4]>>(n%4*2) != 0 {
		d.fail("kinds of values after the last")
	}
	v, f := make([]E, n), curve.FieldOf[E]()
	for i := range v {
		var b [curve.ElementSize]byte
		kind := int(kinds[i/4] >> (i % 4 * 2) & 3)
		switch kind {
		case kindOne:
			b[31] = 1
		case kindWord:
			copy(b[24:], d.take(8))
		case kindWhole:
			copy(b[:], d.take(32))
		}
		if d.err != nil {
			return v
		}
		if kindOf(&b) != kind {
			d.fail("value %d of kind %d is of kind %d", i, kind, kindOf(&b))
		}
		var err error
		if v[i], err = f.Decode(b[:]); err != nil {
			d.fail("value %d: %v", i, err)
		}
	}
	return v
}
