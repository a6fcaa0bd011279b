package weights

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/arith"
	"fold/internal/fault"
	"fold/internal/wire"
	"fold/step/argument"
	"fold/step/relation"
)

// ErrCommitment is the error class of DecodeModelCommitment: the bytes are not the encoding
// of a valid model commitment.
var ErrCommitment = fault.New(fault.ErrCorrupt, "weights: not a valid model commitment")

const (
	// CommitmentMagic is the first 8 bytes of a model commitment's file.
	CommitmentMagic = "foldmcom"
	// CommitmentVersion is the version byte that follows the magic. The model id covers it.
	CommitmentVersion = 2
	// MaxDescription is the largest size of a description's JSON in bytes. The longest field
	// holds RoPE's factors, at most 512 numbers.
	MaxDescription = 1 << 20
)

// Encode returns the file of the commitment:
//
//	"foldmcom"; version, 1 byte; 1 if the key is a development key, else 0;
//	column bits; segment bits; key id, 32 bytes;
//	length of the description, 4 bytes little-endian, and the description in JSON;
//	each record: its constants, 32 bytes big-endian each, then its points,
//	compressed, by tensor and segment.
//
// The numbers of records, constants and points follow from the description. Encode returns
// the error of Validate for an invalid commitment.
func (c *ModelCommitment) Encode() ([]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	description, err := json.Marshal(&c.Description)
	if err != nil {
		return nil, fmt.Errorf("weights: description: %w", err)
	}
	data := append([]byte(CommitmentMagic), CommitmentVersion, 0, byte(c.Layout.ColumnBits), byte(c.Layout.SegmentBits))
	if c.Development {
		data[len(CommitmentMagic)+1] = 1
	}
	data = append(data, c.Key[:]...)
	data = binary.LittleEndian.AppendUint32(data, uint32(len(description)))
	data = append(data, description...)
	for i := range c.Records {
		data = append(data, arith.Bytes(c.Records[i].Constants.Elements()...)...)
		for _, tensor := range c.Records[i].Commitments {
			for j := range tensor {
				p := tensor[j].Bytes()
				data = append(data, p[:]...)
			}
		}
	}
	return data, nil
}

// DecodeModelCommitment reads the output of Encode. A commitment has exactly one encoding.
// The memory that DecodeModelCommitment allocates is bounded by the length of data. An error
// wraps wire.ErrVersion if the version is not CommitmentVersion, and ErrCommitment otherwise.
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
	r := Reader{data}
	if magic := r.Take(len(CommitmentMagic)); string(magic) != CommitmentMagic {
		return nil, fmt.Errorf("magic %q, expected %q", magic, CommitmentMagic)
	}
	head := r.Take(4)
	switch {
	case head == nil:
		return nil, ErrShort
	case head[0] != CommitmentVersion:
		return nil, fmt.Errorf("%w: a model commitment: found version %d, expected version %d: "+
			"commit to the model again",
			wire.ErrVersion, head[0], CommitmentVersion)
	case head[1] > 1:
		return nil, fmt.Errorf("a kind of key %d, expected 0 or 1", head[1])
	}
	c := &ModelCommitment{Development: head[1] == 1, Layout: Layout{int(head[2]), int(head[3])}}
	copy(c.Key[:], r.Take(len(c.Key)))
	if err := r.Description(&c.Description); err != nil {
		return nil, err
	}
	shape, err := c.Description.WholeShape()
	if err != nil {
		return nil, err
	}
	layout, err := NewLayout(shape, c.Layout.SegmentBits)
	if err != nil {
		return nil, err
	}
	if c.Layout != layout {
		return nil, fmt.Errorf("columns of %d bits, expected %d", c.Layout.ColumnBits, layout.ColumnBits)
	}
	slots, err := KindSlots(shape)
	if err != nil {
		return nil, err
	}
	for i := range RecordCount(shape.Config) {
		record, err := r.record(shape, layout, i, slots[RecordKind(shape.Config, i)])
		if err != nil {
			return nil, fmt.Errorf("record %d: %w", i, err)
		}
		c.Records = append(c.Records, *record)
	}
	if len(r.Data) > 0 {
		return nil, fmt.Errorf("%d bytes too many", len(r.Data))
	}
	return c, c.Validate()
}

// Reader reads the fields of an encoded commitment from the front of Data.
type Reader struct{ Data []byte }

// Take returns the next n bytes of Data, without a copy. If fewer than n bytes remain, Take
// drops them and returns nil.
func (r *Reader) Take(n int) []byte {
	if n > len(r.Data) {
		r.Data = nil
		return nil
	}
	b := r.Data[:n]
	r.Data = r.Data[n:]
	return b
}

// ErrShort is the error of a Reader whose Data ends inside a field.
var ErrShort = errors.New("it ends too early")

// Description reads a description: its length, 4 bytes little-endian, then its JSON. A length
// above MaxDescription and a JSON text that json.Marshal would not write are errors. The error
// is ErrShort if Data ends inside the field.
func (r *Reader) Description(d *Description) error {
	size := r.Take(4)
	if size == nil {
		return ErrShort
	}
	n := binary.LittleEndian.Uint32(size)
	if n > MaxDescription {
		return fmt.Errorf("a description of %d bytes, expected at most %d", n, MaxDescription)
	}
	text := r.Take(int(n))
	if text == nil {
		return ErrShort
	}
	if err := json.Unmarshal(text, d); err != nil {
		return fmt.Errorf("description: %w", err)
	}
	if again, err := json.Marshal(d); err != nil || !bytes.Equal(again, text) {
		return errors.New("the description is not in its canonical form")
	}
	return nil
}

func (r *Reader) record(s relation.Shape, l Layout, record int, slots []string) (*ModelRecord, error) {
	m := &ModelRecord{Constants: relation.LayerConstants{}}
	for range slots {
		e, err := r.Element()
		if err != nil {
			return nil, err
		}
		m.Constants = append(m.Constants, e.BigInt(new(big.Int)))
	}
	for _, t := range l.TensorsOf(s, record) {
		if len(r.Data)/bn254.SizeOfG1AffineCompressed < t.Segments(l) {
			return nil, ErrShort
		}
		points := make([]bn254.G1Affine, t.Segments(l))
		for i := range points {
			if err := r.Point(&points[i]); err != nil {
				return nil, fmt.Errorf("segment %d of %s: %w", i, t.Name, err)
			}
		}
		m.Commitments = append(m.Commitments, points)
	}
	return m, nil
}

// Element reads a field element: 32 bytes, big-endian. The error is ErrShort if Data ends
// inside the element. A value that is not below the modulus r is an error.
func (r *Reader) Element() (e fr.Element, err error) {
	b := r.Take(fr.Bytes)
	if b == nil {
		return e, ErrShort
	}
	return e, e.SetBytesCanonical(b)
}

// Point reads a compressed point of G1 (32 bytes) into p. The error is ErrShort if Data ends
// inside the point, and argument.DecodePoint's error for an invalid encoding.
func (r *Reader) Point(p *bn254.G1Affine) error {
	b := r.Take(bn254.SizeOfG1AffineCompressed)
	if b == nil {
		return ErrShort
	}
	return argument.DecodePoint(p, b)
}
