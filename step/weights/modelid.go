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

	"fold.example/fold/internal/bitlen"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/llama"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
)

// Description is the public data of a model that a verifier needs besides the commitments.
// The model id covers the JSON that encoding/json writes.
type Description struct {
	Config    llama.Config `json:"config"`
	Scheme    llama.Scheme `json:"scheme"`
	Scales    llama.Scales `json:"scales"`
	DownLimbs int          `json:"down_limbs"` // as in relation.Shape
	// Architecture names the architecture of Config and its digest, see ArchitectureOf. It is
	// empty for a LLaMA. The model id thus determines the relation of every step.
	Architecture string `json:"architecture,omitempty"`

	Tokenizer TokenizerDigest `json:"tokenizer"`
}

// ArchitectureOf returns the text that identifies the architecture of a configuration: its name,
// a space, and its digest (llama.Architecture.Digest) in hexadecimal. It is empty for a LLaMA.
func ArchitectureOf(c llama.Config) string {
	if c.IsLLaMA() {
		return ""
	}
	a := c.Architecture()
	return fmt.Sprintf("%s %x", a.Name, a.Digest())
}

// resolve gives a decoded description its architecture, one of package llama's or of known.
func (d *Description) resolve(known []*llama.Architecture) error {
	if d.Architecture == "" {
		return nil
	}
	name := d.Architecture
	if i := strings.LastIndexByte(name, ' '); i >= 0 {
		name = name[:i]
	}
	a := llama.FindArchitecture(name, known...)
	if a == nil {
		return fmt.Errorf("architecture %.40q, expected a LLaMA: this program does not know it", name)
	}
	d.Config = d.Config.WithArchitecture(a)
	return d.checkArchitecture()
}

// checkArchitecture checks that the text for the architecture is ArchitectureOf the configuration.
func (d *Description) checkArchitecture() error {
	if want := ArchitectureOf(d.Config); d.Architecture != want {
		return fmt.Errorf("weights: architecture %.120q, expected %q: the lists of this program differ from those "+
			"that the model was committed with", d.Architecture, want)
	}
	return nil
}

// Describe returns the description of model m with the digest t of its tokenizer. The error
// is the error of an invalid shape.
func Describe(m *llama.Model, t TokenizerDigest) (Description, error) {
	s, err := relation.NewShape(m, 0, bitlen.Ceil(m.Config.Context), 1)
	return Description{
		Config: m.Config, Scheme: m.Scheme, Scales: m.Scales, DownLimbs: s.DownLimbs,
		Architecture: ArchitectureOf(m.Config), Tokenizer: t,
	}, err
}

// Shape returns the shape of the model's steps for passes of up to 2^tokenBits
// tokens within the first 2^positionBits positions, with blocks blocks a step. The error is
// that of relation.Shape.Validate.
func (d *Description) Shape(tokenBits, positionBits, blocks int) (relation.Shape, error) {
	s := relation.Shape{
		Config: d.Config, Gains: d.Scheme == llama.Ternary, Softmax: d.Scales.Softmax, DownLimbs: d.DownLimbs,
		Norm: d.Scales.Norm, Eps: d.Scales.Eps,
		TokenBits: tokenBits, PositionBits: positionBits, Blocks: blocks,
	}
	return s, s.Validate()
}

// WholeShape checks the description and returns the shape that defines the model's records
// and tensors: one block a step and every position of the context.
func (d *Description) WholeShape() (relation.Shape, error) {
	switch d.Scheme {
	case llama.W16, llama.W8, llama.Ternary:
	default:
		return relation.Shape{}, fmt.Errorf("weights: scheme %.20q, expected %s, %s or %s",
			d.Scheme, llama.W16, llama.W8, llama.Ternary)
	}
	if d.DownLimbs != 2 && d.DownLimbs != 3 {
		return relation.Shape{}, fmt.Errorf("weights: %d cells of the down projection's remainder, expected 2 or 3",
			d.DownLimbs)
	}
	if err := d.Config.Validate(); err != nil {
		return relation.Shape{}, err
	}
	if err := d.checkArchitecture(); err != nil {
		return relation.Shape{}, err
	}
	return d.Shape(0, bitlen.Ceil(d.Config.Context), 1)
}

// Digest returns the SHA-256 of the description's JSON as two integers of 128 bits: hi is the
// first half of the hash, lo the second. The error is the error of json.Marshal.
func (d *Description) Digest() (hi, lo fr.Element, err error) {
	data, err := json.Marshal(d)
	if err != nil {
		return hi, lo, fmt.Errorf("weights: description: %w", err)
	}
	h := sha256.Sum256(data)
	hi.SetBytes(h[:16])
	lo.SetBytes(h[16:])
	return hi, lo, nil
}

// ModelCommitment is all data that the model id covers. A verifier needs the commitment and
// no weights. Whoever computes the commitment from the model's files checks that the committed
// integers are the model's and in range. For private weights their owner promises this.
type ModelCommitment struct {
	Description Description
	Layout      Layout
	Key         commit.ID                 // id of the commitment key
	Development bool                      // the key is a development key, whose maker can forge proofs
	Exponents   []relation.LayerExponents // of each layer
	Salt        fr.Element                // hides the exponents in the model id; zero for public weights
	Records     []ModelRecord             // [record number]
}

// ModelRecord is one record of the model: the commitments to its matrices and tables, indexed by
// tensor (in the order of Layout.TensorsOf) and segment.
type ModelRecord struct{ Commitments [][]bn254.G1Affine }

// Digest returns the record's digest; number is the record's index in the model.
func (r *ModelRecord) Digest(number int) fr.Element {
	return RecordDigest(transcript.NewField(), fr.NewElement(uint64(number)), r.Chain())
}

// Points lists the commitments to all segments, by tensor and segment, and fills the last
// chunk of ChunkPoints with the point at infinity.
func (r *ModelRecord) Points() (points []bn254.G1Affine) {
	points = slices.Concat(r.Commitments...)
	for len(points)%ChunkPoints != 0 {
		points = append(points, bn254.G1Affine{})
	}
	return points
}

// Chain returns the hash chain of the record's commitments; each chunk of Points is one link.
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

// ModelID holds the model id and the digests that it covers. A pass without a head compares
// only Body; a pass with a head compares Head as well.
type ModelID struct {
	ID        fr.Element   // the model id
	Constants fr.Element   // hash of the layers' exponents and the salt
	Body      fr.Element   // chain of the records of the embedding and the blocks
	Head      fr.Element   // digest of the head's record
	Digest    []fr.Element // digests of all records, by record number
}

// ID computes the model id: hash("fold model", version, SHA-256 of the description, with the
// tokenizer's digest, in two halves, c, segment bits, key id, Constants, Body, Head). A commitment
// without records, and exponents that are not those of the description's shape, are errors.
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
		return nil, errors.New("weights: a model commitment without records")
	}
	id.Head = id.Digest[len(id.Digest)-1]
	layers, err := c.PackedExponents()
	if err != nil {
		return nil, err
	}
	id.Constants = ConstantsDigest(b, layers, c.Salt)
	hi, lo, err := c.Description.Digest()
	if err != nil {
		return nil, err
	}
	id.ID = transcript.HashNative(ModelTag, fr.NewElement(CommitmentVersion), hi, lo,
		fr.NewElement(uint64(c.Layout.ColumnBits)), fr.NewElement(uint64(c.Layout.SegmentBits)),
		c.Key.Element(), id.Constants, id.Body, id.Head)
	return id, nil
}

// StepConstants returns the constants of a step with program p, whose blocks are first, first+1,
// ..., first+blocks-1. A layer that the model lacks is an error.
func (c *ModelCommitment) StepConstants(p *relation.Program, first, blocks int) (relation.LayerConstants, error) {
	if p.RecordConstants == 0 {
		return relation.LayerConstants{}, nil
	}
	if first < 0 || first+blocks > len(c.Exponents) {
		return nil, fmt.Errorf("weights: constants of layers %d to %d of %d", first, first+blocks-1, len(c.Exponents))
	}
	shape, err := c.Description.WholeShape()
	if err != nil {
		return nil, err
	}
	return p.Constants(shape, c.Exponents[first:first+blocks])
}

// BlockNumber parses the decimal number of a block of a step of n blocks. A number outside
// 0 to n - 1 is an error.
func BlockNumber(s string, n int) (int, error) {
	var i int
	if _, err := fmt.Sscanf(s, "%d", &i); err != nil || i < 0 || i >= n {
		return 0, fmt.Errorf("weights: block %q, expected 0 to %d", s, n-1)
	}
	return i, nil
}

// StepRecords returns the records that a step of kind k opens: the first one and their
// number. Blocks of the step are first, first+1, ..., first+blocks-1.
func (c *ModelCommitment) StepRecords(k relation.Kind, first, blocks int) (from, n int) {
	switch k {
	case relation.Embed:
		return EmbedRecord, 1
	case relation.Head:
		return HeadRecord(c.Description.Config), 1
	}
	return BlockRecord(first), blocks
}

// RecordKind returns the kind of the step that opens a record.
func RecordKind(c llama.Config, record int) relation.Kind {
	switch record {
	case EmbedRecord:
		return relation.Embed
	case HeadRecord(c):
		return relation.Head
	}
	return relation.Block
}

// Validate checks the description, the layout, the number of records, the range of each
// exponent, and that each point is on the curve. Validate cannot check the committed values.
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
		return fmt.Errorf("weights: columns of %d bits, expected %d", c.Layout.ColumnBits, layout.ColumnBits)
	}
	if n := RecordCount(shape.Config); len(c.Records) != n {
		return fmt.Errorf("weights: %d records, expected %d", len(c.Records), n)
	}
	if n := shape.Config.Layers; len(c.Exponents) != n {
		return fmt.Errorf("weights: exponents of %d layers, expected %d", len(c.Exponents), n)
	}
	for i, es := range c.Exponents {
		if err := es.Validate(shape); err != nil {
			return fmt.Errorf("weights: layer %d: %w", i, err)
		}
	}
	for i := range c.Records {
		if err := c.Records[i].validate(shape, layout, i); err != nil {
			return fmt.Errorf("weights: record %d: %w", i, err)
		}
	}
	return nil
}

func (r *ModelRecord) validate(s relation.Shape, l Layout, record int) error {
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

// Equal reports whether two descriptions have the same digest, and so the same part of the
// model id. The error is the error of Digest.
func (d *Description) Equal(other *Description) (bool, error) {
	hi, lo, err := d.Digest()
	if err != nil {
		return false, err
	}
	otherHi, otherLo, err := other.Digest()
	return hi.Equal(&otherHi) && lo.Equal(&otherLo), err
}
