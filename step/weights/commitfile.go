package weights

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/consensys/gnark-crypto/ecc/bn254"

	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/wire"
	"fold.example/fold/internal/wire/elements"
	"fold.example/fold/llama"
	"fold.example/fold/step/relation"
)

// ErrCommitment is the error class of DecodeModelCommitment: the bytes are not the encoding
// of a valid model commitment.
var ErrCommitment = fault.New(fault.ErrCorrupt, "weights: not a valid model commitment")

const (
	// CommitmentMagic is the first 8 bytes of a model commitment's file.
	CommitmentMagic = "foldmcom"
	// CommitmentVersion is the version byte that follows the magic. The model id covers it.
	CommitmentVersion = 3
	// MaxDescription is the largest size of a description's JSON in bytes. The longest field
	// holds RoPE's factors, at most 512 numbers.
	MaxDescription = 1 << 20
)

// Encode returns the file of the commitment:
//
//	"foldmcom"; version, 1 byte; 1 if the key is a development key, else 0;
//	column bits; segment bits; key id, 32 bytes;
//	length of the description, 4 bytes little-endian, and the description in JSON;
//	the exponents of each layer, a byte each; their salt, 32 bytes big-endian;
//	the points of each record, compressed, by tensor and segment.
//
// The numbers of layers, exponents, records and points follow from the description. Encode returns
// the error of Validate for an invalid commitment.
func (c *ModelCommitment) Encode() ([]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	w := wire.NewWriter(nil)
	c.code(w, nil)
	return w.Bytes(), w.Err()
}

// DecodeModelCommitment reads the output of Encode. A commitment has exactly one encoding.
// The memory that DecodeModelCommitment allocates is bounded by the length of data. An error
// wraps wire.ErrVersion if the version is not CommitmentVersion, and ErrCommitment otherwise.
// The model must be of an architecture of package llama or of one of known.
func DecodeModelCommitment(data []byte, known ...*llama.Architecture) (*ModelCommitment, error) {
	c, err := decodeCommitment(data, known)
	if errors.Is(err, wire.ErrVersion) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCommitment, err)
	}
	return c, nil
}

func decodeCommitment(data []byte, known []*llama.Architecture) (*ModelCommitment, error) {
	c := &ModelCommitment{}
	err := wire.Decode(data, func(w *wire.Coder) { c.code(w, known) })
	if errors.Is(err, wire.ErrVersion) {
		return nil, fmt.Errorf("%w: commit to the model again", err)
	}
	if err != nil {
		return nil, err
	}
	return c, c.Validate()
}

// code codes a commitment. A reader makes the records as the description and the layout say.
func (c *ModelCommitment) code(w *wire.Coder, known []*llama.Architecture) {
	w.Magic(CommitmentMagic)
	w.Version("a model commitment", CommitmentVersion, 1)
	w.Bool("kind of key", &c.Development)
	w.Int("bits of a column", &c.Layout.ColumnBits, 1, 0, math.MaxUint8)
	w.Int("bits of a segment", &c.Layout.SegmentBits, 1, 0, math.MaxUint8)
	w.Raw(c.Key[:])
	c.Description.Code(w, known...)
	if w.Reading() {
		w.Fail(c.readRecords(w))
		return
	}
	c.codeConstants(w)
	for i := range c.Records {
		c.Records[i].code(w)
	}
}

// codeConstants codes the exponents of the layers, a byte each, whose numbers are known, and the
// salt.
func (c *ModelCommitment) codeConstants(w *wire.Coder) {
	for _, es := range c.Exponents {
		for i := range es {
			w.Int("exponent", &es[i], 1, 0, math.MaxUint8)
		}
	}
	elements.Fr(w, "salt of the exponents", &c.Salt)
}

// blankExponents returns zero exponents for the layers of a shape. The error is wire.ErrShort if
// their encoding has more bytes than are left.
func blankExponents(left int, s relation.Shape) (layers []relation.LayerExponents, err error) {
	n := len(s.Config.Architecture().Rescales)
	if s.Config.Layers > left/n {
		return nil, wire.ErrShort
	}
	for range s.Config.Layers {
		layers = append(layers, make(relation.LayerExponents, n))
	}
	return layers, nil
}

// readRecords reads the records that the description and the layout say. It checks that the
// bytes of a record are there before it makes the record.
func (c *ModelCommitment) readRecords(w *wire.Coder) error {
	shape, err := c.Description.WholeShape()
	if err != nil {
		return err
	}
	layout, err := NewLayout(shape, c.Layout.SegmentBits)
	if err != nil {
		return err
	}
	if c.Layout != layout {
		return fmt.Errorf("columns of %d bits, expected %d", c.Layout.ColumnBits, layout.ColumnBits)
	}
	if c.Exponents, err = blankExponents(w.Left(), shape); err != nil {
		return err
	}
	c.codeConstants(w)
	for i := range RecordCount(shape.Config) {
		r, err := blankRecord(w.Left(), layout.TensorsOf(shape, i), layout)
		if err != nil {
			return fmt.Errorf("record %d: %w", i, err)
		}
		if r.code(w); w.Err() != nil {
			return fmt.Errorf("record %d: %w", i, w.Err())
		}
		c.Records = append(c.Records, *r)
	}
	return nil
}

// blankRecord returns a record of zeros with the lengths of a layout. The error is
// wire.ErrShort if its encoding has more bytes than are left.
func blankRecord(left int, tensors []WeightTensor, l Layout) (*ModelRecord, error) {
	n := 0
	for _, t := range tensors {
		n += t.Segments(l)
	}
	if n > left/elements.Size {
		return nil, wire.ErrShort
	}
	r := &ModelRecord{}
	for _, t := range tensors {
		r.Commitments = append(r.Commitments, make([]bn254.G1Affine, t.Segments(l)))
	}
	return r, nil
}

// code codes the points of a record whose lengths are known.
func (r *ModelRecord) code(w *wire.Coder) {
	for _, tensor := range r.Commitments {
		for j := range tensor {
			elements.G1(w, fmt.Sprintf("segment %d of a tensor", j), &tensor[j])
		}
	}
}

// Code codes a description: the length of its JSON, 4 bytes little-endian, and the JSON. A
// reader refuses a length above MaxDescription and a JSON text that json.Marshal would not
// write, and a model that is neither of an architecture of package llama nor of one of known.
func (d *Description) Code(w *wire.Coder, known ...*llama.Architecture) {
	var text []byte
	if w.Writing() {
		var err error
		text, err = json.Marshal(d)
		w.Fail(err)
	}
	n := len(text)
	if w.IntLE("length of the description", &n, 4, 0, MaxDescription); w.Reading() {
		if n > w.Left() {
			w.Fail(wire.ErrShort)
			return
		}
		text = make([]byte, n)
	}
	if w.Raw(text); !w.Reading() {
		return
	}
	if err := json.Unmarshal(text, d); err != nil {
		w.Failf("description: %w", err)
	} else if again, err := json.Marshal(d); err != nil || !bytes.Equal(again, text) {
		w.Failf("the description is not in its canonical form")
	} else {
		w.Fail(d.resolve(known))
	}
}
