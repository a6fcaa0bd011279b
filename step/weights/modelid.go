package weights

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/bitlen"
	"fold/internal/commit"
	"fold/internal/transcript"
	"fold/llama"
	"fold/step/argument"
	"fold/step/relation"
)

// Description is what a verifier must know of a model besides its commitments.
// Its JSON, as encoding/json writes it, is what the model id covers.
type Description struct {
	Config    llama.Config `json:"config"`
	Scheme    llama.Scheme `json:"scheme"`
	Scales    llama.Scales `json:"scales"`
	DownLimbs int          `json:"down_limbs"` // as in Shape

	Tokenizer TokenizerDigest `json:"tokenizer"`
}

// Describe is the description of a model that is committed with a tokenizer.
func Describe(m *llama.Model, t TokenizerDigest) (Description, error) {
	s, err := relation.NewShape(m, 0, bitlen.Ceil(m.Config.Context), 1)
	return Description{m.Config, m.Scheme, m.Scales, s.DownLimbs, t}, err
}

// Shape returns the shape of the model's steps for passes of up to 2^tokenBits
// tokens within the first 2^positionBits positions, blocks blocks a step.
func (d *Description) Shape(tokenBits, positionBits, blocks int) (relation.Shape, error) {
	s := relation.Shape{
		Config: d.Config, Gains: d.Scheme == llama.Ternary, Softmax: d.Scales.Softmax, DownLimbs: d.DownLimbs,
		TokenBits: tokenBits, PositionBits: positionBits, Blocks: blocks,
	}
	return s, s.Validate()
}

// WholeShape checks the description and returns the shape whose records and tensors
// are the model's.
func (d *Description) WholeShape() (relation.Shape, error) {
	switch d.Scheme {
	case llama.W16, llama.W8, llama.Ternary:
	default:
		return relation.Shape{}, fmt.Errorf("step: scheme %.20q, expected %s, %s or %s", d.Scheme, llama.W16, llama.W8, llama.Ternary)
	}
	if d.DownLimbs != 2 && d.DownLimbs != 3 {
		return relation.Shape{}, fmt.Errorf("step: %d cells of the down projection's remainder, expected 2 or 3", d.DownLimbs)
	}
	if err := d.Config.Validate(); err != nil {
		return relation.Shape{}, err
	}
	return d.Shape(0, bitlen.Ceil(d.Config.Context), 1)
}

// Digest is the SHA-256 of the description as two integers of 128 bits, high
// first.
func (d *Description) Digest() (hi, lo fr.Element, err error) {
	data, err := json.Marshal(d)
	if err != nil {
		return hi, lo, fmt.Errorf("step: description: %w", err)
	}
	h := sha256.Sum256(data)
	hi.SetBytes(h[:16])
	lo.SetBytes(h[16:])
	return hi, lo, nil
}

// ModelCommitment is everything about a model that its id covers: a verifier
// needs it, and nothing of the weights. That the committed integers are the
// model's, and in range, is checked by whoever computes it from the files; of
// private weights it is their owner's promise.
type ModelCommitment struct {
	Description Description
	Layout      Layout
	Key         commit.ID
	Development bool // the key's τ was drawn on one machine: convinces nobody
	Records     []ModelRecord
}

// ModelRecord is what one record of the model binds: the constants of its step
// and the commitments to its matrices and tables, by tensor and segment.
type ModelRecord struct {
	Constants   relation.LayerConstants
	Commitments [][]bn254.G1Affine
}

// Digest is the record's digest; number is its place in the model.
func (r *ModelRecord) Digest(number int) fr.Element {
	return RecordDigest(transcript.NewField(), fr.NewElement(uint64(number)), r.Constants.Elements(), r.Chain())
}

// Points lists the commitments to all segments, with infinity at the end of the
// last chunk.
func (r *ModelRecord) Points() (points []bn254.G1Affine) {
	points = slices.Concat(r.Commitments...)
	for len(points)%ChunkPoints != 0 {
		points = append(points, bn254.G1Affine{})
	}
	return points
}

// Chain is the chain of the record's commitments, a chunk a link.
func (r *ModelRecord) Chain() fr.Element {
	b := transcript.NewField()
	chain := transcript.EmptyChain(b, PointChain)
	for chunk := range slices.Chunk(r.Points(), ChunkPoints) {
		var limbs [ChunkPoints]argument.Limbs[fr.Element]
		for i := range chunk {
			limbs[i] = transcript.PointLimbs(&chunk[i])
		}
		chain = ExtendChunk(b, chain, limbs)
	}
	return chain
}

// ModelID is the model id in its parts: a pass without a head compares the chain
// of the embedding and the blocks alone, the head's record is compared by itself.
type ModelID struct {
	ID     fr.Element
	Body   fr.Element // chain of the records of the embedding and the blocks
	Head   fr.Element // digest of the head's record
	Digest []fr.Element
}

// ID computes the model id: hash("fold model", version, SHA-256 of the
// description, with the tokenizer's digest, in two halves, c, segment bits, key id, Body, Head).
func (c *ModelCommitment) ID() (*ModelID, error) {
	b := transcript.NewField()
	id := &ModelID{Body: transcript.EmptyChain(b, ModelChain)}
	for i := range c.Records {
		d := c.Records[i].Digest(i)
		id.Digest = append(id.Digest, d)
		if i < len(c.Records)-1 {
			id.Body = transcript.ExtendChain(b, ModelChain, id.Body, d)
		}
	}
	if len(id.Digest) == 0 {
		return nil, errors.New("step: a model commitment without records")
	}
	id.Head = id.Digest[len(id.Digest)-1]
	hi, lo, err := c.Description.Digest()
	if err != nil {
		return nil, err
	}
	id.ID = transcript.HashNative(ModelTag, fr.NewElement(CommitmentVersion), hi, lo,
		fr.NewElement(uint64(c.Layout.ColumnBits)), fr.NewElement(uint64(c.Layout.SegmentBits)),
		c.Key.Element(), id.Body, id.Head)
	return id, nil
}

// StepRecord assembles the constants of a step from the records that it opens:
// the embedding's, the head's, or those of the blocks from first on. What the
// blocks of a step share must be the same in all of their records.
func (c *ModelCommitment) StepRecord(p *relation.Program, first, blocks int) (relation.LayerConstants, error) {
	shape, err := c.Description.WholeShape()
	if err != nil {
		return nil, err
	}
	from, n := c.StepRecords(p.Kind, first, blocks)
	names, err := RecordSlots(shape, from)
	if err != nil {
		return nil, err
	}
	r := make(relation.LayerConstants, p.RecordConstants)
	for i, slot := range p.Slots[:p.RecordConstants] {
		block, rest, own := strings.Cut(slot, ".")
		at, name := 0, slot
		if own && relation.IsLift(slot) {
			if at, err = BlockNumber(block, n); err != nil {
				return nil, err
			}
			name = "0." + rest
		}
		j := slices.Index(names, name)
		if j < 0 {
			return nil, fmt.Errorf("step: slot %q is in no record", slot)
		}
		r[i] = c.Records[from+at].Constants[j]
		for other := range n {
			if !relation.IsLift(slot) && r[i].Cmp(c.Records[from+other].Constants[j]) != 0 {
				return nil, fmt.Errorf("step: records %d and %d differ in %s, which the blocks of a step share", from, from+other, slot)
			}
		}
	}
	return r, nil
}

func BlockNumber(s string, n int) (int, error) {
	var i int
	if _, err := fmt.Sscanf(s, "%d", &i); err != nil || i < 0 || i >= n {
		return 0, fmt.Errorf("step: block %q, expected 0 to %d", s, n-1)
	}
	return i, nil
}

// StepRecords are the records that a step opens: the first and how many.
func (c *ModelCommitment) StepRecords(k relation.Kind, first, blocks int) (from, n int) {
	switch k {
	case relation.Embed:
		return EmbedRecord, 1
	case relation.Head:
		return HeadRecord(c.Description.Config), 1
	}
	return BlockRecord(first), blocks
}

// RecordKind is the kind of the step that opens a record.
func RecordKind(c llama.Config, record int) relation.Kind {
	switch record {
	case EmbedRecord:
		return relation.Embed
	case HeadRecord(c):
		return relation.Head
	}
	return relation.Block
}

// KindSlots names the constants of the records, by the kind of step that opens them.
func KindSlots(s relation.Shape) (slots [relation.Head + 1][]string, err error) {
	for kind, record := range []int{relation.Embed: EmbedRecord, relation.Block: BlockRecord(0), relation.Head: HeadRecord(s.Config)} {
		if slots[kind], err = RecordSlots(s, record); err != nil {
			return slots, err
		}
	}
	return slots, nil
}

// RecordSlots names the constants of a record.
func RecordSlots(s relation.Shape, record int) ([]string, error) {
	p, err := relation.NewProgram(RecordKind(s.Config, record), s.Whole())
	if err != nil {
		return nil, err
	}
	return p.Slots[:p.RecordConstants], nil
}

// Validate checks everything about a commitment but what its points commit to.
func (c *ModelCommitment) Validate() error {
	shape, err := c.Description.WholeShape()
	if err != nil {
		return err
	}
	layout, err := NewLayout(shape, c.Layout.SegmentBits)
	if err != nil {
		return err
	}
	if layout != c.Layout {
		return fmt.Errorf("step: columns of %d bits, expected %d", c.Layout.ColumnBits, layout.ColumnBits)
	}
	if n := RecordCount(shape.Config); len(c.Records) != n {
		return fmt.Errorf("step: %d records, expected %d", len(c.Records), n)
	}
	slots, err := KindSlots(shape)
	if err != nil {
		return err
	}
	for i := range c.Records {
		if err := c.Records[i].validate(shape, layout, i, slots[RecordKind(shape.Config, i)]); err != nil {
			return fmt.Errorf("step: record %d: %w", i, err)
		}
	}
	return nil
}

func (r *ModelRecord) validate(s relation.Shape, l Layout, record int, slots []string) error {
	if len(r.Constants) != len(slots) {
		return fmt.Errorf("%d constants, expected %d", len(r.Constants), len(slots))
	}
	for i, k := range r.Constants {
		if k == nil || k.Sign() < 0 || k.Cmp(fr.Modulus()) >= 0 {
			return fmt.Errorf("constant %s is %v, expected 0 to r - 1", slots[i], k)
		}
		if relation.IsLift(slots[i]) && (k.Sign() == 0 || k.TrailingZeroBits() != uint(k.BitLen()-1)) {
			return fmt.Errorf("constant %s is %v, expected a power of two", slots[i], k)
		}
	}
	tensors := l.TensorsOf(s, record)
	if len(r.Commitments) != len(tensors) {
		return fmt.Errorf("commitments to %d tensors, expected %d", len(r.Commitments), len(tensors))
	}
	for i, points := range r.Commitments {
		if n := tensors[i].Segments(l); len(points) != n {
			return fmt.Errorf("%d segments of %s, expected %d", len(points), tensors[i].Name, n)
		}
		for j := range points {
			if !points[j].IsOnCurve() {
				return fmt.Errorf("segment %d of %s is not on the curve", j, tensors[i].Name)
			}
		}
	}
	return nil
}

// Equal compares descriptions as the model id has them.
func (d *Description) Equal(other *Description) (bool, error) {
	hi, lo, err := d.Digest()
	if err != nil {
		return false, err
	}
	otherHi, otherLo, err := other.Digest()
	return hi.Equal(&otherHi) && lo.Equal(&otherLo), err
}
