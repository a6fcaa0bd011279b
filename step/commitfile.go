package step

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/fault"
	"fold/internal/wire"
)

// ErrCommitment is wrapped by the errors of DecodeModelCommitment.
var ErrCommitment = fault.New(fault.ErrCorrupt, "step: not a valid model commitment")

const (
	// CommitmentMagic is what the file of a model commitment begins with.
	CommitmentMagic   = "foldmcom"
	commitmentVersion = 2
	maxDescription    = 1 << 20 // bytes; factors of RoPE are at most 512 numbers
)

// Encode returns the commitment as it stands in a file:
//
//	"foldmcom"; version, 1 byte; 1 if the key is a development key, else 0;
//	column bits; segment bits; key id, 32 bytes;
//	length of the description, 4 bytes little-endian, and the description in JSON;
//	each record: its constants, 32 bytes big-endian each, then its points,
//	compressed, by tensor and segment.
//
// The numbers of records, constants and points follow from the description.
func (c *ModelCommitment) Encode() ([]byte, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	description, err := json.Marshal(&c.Description)
	if err != nil {
		return nil, fmt.Errorf("step: description: %w", err)
	}
	data := append([]byte(CommitmentMagic), commitmentVersion, 0, byte(c.Layout.ColumnBits), byte(c.Layout.SegmentBits))
	if c.Development {
		data[len(CommitmentMagic)+1] = 1
	}
	data = append(data, c.Key[:]...)
	data = binary.LittleEndian.AppendUint32(data, uint32(len(description)))
	data = append(data, description...)
	for i := range c.Records {
		data = append(data, bytesOf(c.Records[i].Constants.elements()...)...)
		for _, tensor := range c.Records[i].Commitments {
			for j := range tensor {
				p := tensor[j].Bytes()
				data = append(data, p[:]...)
			}
		}
	}
	return data, nil
}

// DecodeModelCommitment reads what Encode wrote. There is exactly one encoding of
// a commitment; what it allocates is bounded by the length of the data. Errors
// wrap wire.ErrVersion if the version is another, ErrCommitment otherwise.
func DecodeModelCommitment(data []byte) (*ModelCommitment, error) {
	c, err := decodeCommitment(data)
	if errors.Is(err, wire.ErrVersion) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCommitment, err)
	}
	return c, nil
}

func decodeCommitment(data []byte) (*ModelCommitment, error) {
	r := reader{data}
	if magic := r.take(len(CommitmentMagic)); string(magic) != CommitmentMagic {
		return nil, fmt.Errorf("magic %q, expected %q", magic, CommitmentMagic)
	}
	head := r.take(4)
	switch {
	case head == nil:
		return nil, errShort
	case head[0] != commitmentVersion:
		return nil, fmt.Errorf("%w: a model commitment: found version %d, expected version %d: commit to the model again",
			wire.ErrVersion, head[0], commitmentVersion)
	case head[1] > 1:
		return nil, fmt.Errorf("a kind of key %d, expected 0 or 1", head[1])
	}
	c := &ModelCommitment{Development: head[1] == 1, Layout: Layout{int(head[2]), int(head[3])}}
	copy(c.Key[:], r.take(len(c.Key)))
	if err := r.description(&c.Description); err != nil {
		return nil, err
	}
	shape, err := c.Description.shape()
	if err != nil {
		return nil, err
	}
	layout, err := shape.newLayout(c.Layout.SegmentBits)
	if err != nil {
		return nil, err
	}
	if c.Layout != layout {
		return nil, fmt.Errorf("columns of %d bits, expected %d", c.Layout.ColumnBits, layout.ColumnBits)
	}
	slots, err := kindSlots(shape)
	if err != nil {
		return nil, err
	}
	for i := range recordCount(shape.Config) {
		record, err := r.record(shape, layout, i, slots[recordKind(shape.Config, i)])
		if err != nil {
			return nil, fmt.Errorf("record %d: %w", i, err)
		}
		c.Records = append(c.Records, *record)
	}
	if len(r.data) > 0 {
		return nil, fmt.Errorf("%d bytes too many", len(r.data))
	}
	return c, c.validate()
}

// reader takes bytes from the front of data.
type reader struct{ data []byte }

// take returns the next n bytes, nil if there are fewer.
func (r *reader) take(n int) []byte {
	if n > len(r.data) {
		r.data = nil
		return nil
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

var errShort = errors.New("it ends too early")

func (r *reader) description(d *Description) error {
	size := r.take(4)
	if size == nil {
		return errShort
	}
	n := binary.LittleEndian.Uint32(size)
	if n > maxDescription {
		return fmt.Errorf("a description of %d bytes, expected at most %d", n, maxDescription)
	}
	text := r.take(int(n))
	if text == nil {
		return errShort
	}
	if err := json.Unmarshal(text, d); err != nil {
		return fmt.Errorf("description: %w", err)
	}
	if again, err := json.Marshal(d); err != nil || !bytes.Equal(again, text) {
		return errors.New("the description is not in its canonical form")
	}
	return nil
}

func (r *reader) record(s Shape, l Layout, record int, slots []string) (*ModelRecord, error) {
	m := &ModelRecord{Constants: Record{}}
	for range slots {
		e, err := r.element()
		if err != nil {
			return nil, err
		}
		m.Constants = append(m.Constants, e.BigInt(new(big.Int)))
	}
	for _, t := range s.cutTensors(l, record) {
		if len(r.data)/bn254.SizeOfG1AffineCompressed < t.segments(l) {
			return nil, errShort
		}
		points := make([]bn254.G1Affine, t.segments(l))
		for i := range points {
			if err := r.point(&points[i]); err != nil {
				return nil, fmt.Errorf("segment %d of %s: %w", i, t.Name, err)
			}
		}
		m.Commitments = append(m.Commitments, points)
	}
	return m, nil
}

// element reads a canonical field element.
func (r *reader) element() (e fr.Element, err error) {
	b := r.take(fr.Bytes)
	if b == nil {
		return e, errShort
	}
	return e, e.SetBytesCanonical(b)
}

// point reads a compressed point.
func (r *reader) point(p *bn254.G1Affine) error {
	b := r.take(bn254.SizeOfG1AffineCompressed)
	if b == nil {
		return errShort
	}
	return decodePoint(p, b)
}
