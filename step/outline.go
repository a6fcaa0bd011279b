package step

import (
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/internal/wire"
	"fold.example/fold/llama"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// VerifierParams is the data on which the first and the last state of a run depend besides the
// run's tokens and the model's hashes: the description of the model, its layout, and the
// sizes of steps. It is small for any model, and equal for all models of one description.
type VerifierParams struct {
	Description  weights.Description
	Layout       weights.Layout
	PositionBits int   // log2 of the cache's positions
	Blocks       int   // blocks in a step
	Classes      []int // token bits, ascending
	Cells        []int // [class], number of variables of the running claims
	Cache        int   // number of variables of the running claim on the cache
	Weights      int   // number of variables of the settled claim on the weights
}

// VerifierParams returns the verifier's parameters of the runs with parameters p.
func (p *Params) VerifierParams() *VerifierParams {
	o := &VerifierParams{
		Description: p.Model.Description, Layout: p.Model.Layout, PositionBits: p.PositionBits, Blocks: p.Blocks,
		Classes: slices.Clone(p.Classes), Cache: p.classes[0].slots.Cache, Weights: p.weightBits(),
	}
	for i := range p.classes {
		o.Cells = append(o.Cells, p.classes[i].slots.Cells)
	}
	return o
}

// Encode returns the encoding of the parameters: the description, as in a model commitment's
// file, and the numbers in the order of the fields. Equal parameters have equal encodings.
func (o *VerifierParams) Encode() ([]byte, error) {
	c := wire.NewWriter(nil)
	o.code(c)
	return c.Bytes(), c.Err()
}

// DecodeVerifierParams is the inverse of Encode. The error wraps ErrEncoding. It checks all
// sizes against the limits of this package, and the layout against the description. It does
// not check that the numbers of variables follow from the description. The model's
// architecture must be one of package llama or of known.
func DecodeVerifierParams(b []byte, known ...*llama.Architecture) (*VerifierParams, error) {
	o := &VerifierParams{}
	return o, decode("outline of a run", b, func(c *wire.Coder) {
		if o.code(c, known...); c.Reading() {
			c.Fail(o.check())
		}
	})
}

func (o *VerifierParams) code(c *wire.Coder, known ...*llama.Architecture) {
	o.Description.Code(c, known...)
	codeNumber(c, "bits of a column", &o.Layout.ColumnBits, argument.ClaimVars)
	codeNumber(c, "bits of a segment", &o.Layout.SegmentBits, argument.ClaimVars)
	codeNumber(c, "bits of positions", &o.PositionBits, argument.TokenBits)
	codeNumber(c, "blocks a step", &o.Blocks, relation.MaxBlocks)
	n := len(o.Classes)
	codeNumber(c, "size classes", &n, MaxClasses)
	if c.Err() != nil {
		return
	}
	if len(o.Classes) != n {
		o.Classes, o.Cells = make([]int, n), make([]int, n)
	}
	for i := range o.Classes {
		codeNumber(c, "bits of a class", &o.Classes[i], relation.MaxPassBits)
		codeNumber(c, "variables of a class", &o.Cells[i], argument.ClaimVars)
	}
	codeNumber(c, "variables of the cache", &o.Cache, argument.ClaimVars)
	codeNumber(c, "variables of the weights", &o.Weights, argument.ClaimVars)
}

// check checks that states can be laid out for these parameters.
func (o *VerifierParams) check() error {
	shape, err := o.Description.WholeShape()
	if err != nil {
		return err
	}
	if err := checkClasses(o.Classes); err != nil {
		return err
	}
	for _, bits := range o.Classes {
		if _, err := o.Description.Shape(bits, o.PositionBits, o.Blocks); err != nil {
			return err
		}
	}
	layout, err := weights.NewLayout(shape, o.Layout.SegmentBits)
	if err != nil {
		return err
	}
	if o.Layout != layout {
		return fmt.Errorf("columns of %d bits, expected %d", o.Layout.ColumnBits, layout.ColumnBits)
	}
	if o.Weights < o.Layout.ColumnBits {
		return fmt.Errorf("a claim on the weights of %d variables, columns have %d", o.Weights, o.Layout.ColumnBits)
	}
	return nil
}

// Protocol returns the parameters of runs of a model with this description, with zero
// exponents and commitments. The step function of the result is the step function of every
// model with this description.
func (o *VerifierParams) Protocol() (*Params, error) {
	c := &weights.ModelCommitment{Description: o.Description, Layout: o.Layout}
	shape, err := o.Description.WholeShape()
	if err != nil {
		return nil, err
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	for range shape.Config.Layers {
		c.Exponents = append(c.Exponents, make(relation.LayerExponents, len(shape.ExponentBits())))
	}
	for i := range weights.RecordCount(shape.Config) {
		r := weights.ModelRecord{}
		for _, t := range o.Layout.TensorsOf(shape, i) {
			r.Commitments = append(r.Commitments, make([]bn254.G1Affine, t.Segments(o.Layout)))
		}
		c.Records = append(c.Records, r)
	}
	return NewParams(c, o.PositionBits, o.Blocks, o.Classes)
}

// ModelDigests are the three hashes that a model id covers and that the states of a run contain: of
// the layers' exponents, of the records of the embedding and the blocks, and of the head's record.
type ModelDigests struct{ Constants, Body, Head fr.Element }

// Digests returns the hashes of the model.
func (p *Params) Digests() ModelDigests { return ModelDigests{p.ID.Constants, p.ID.Body, p.ID.Head} }

// ModelID returns the id of the model with this description, these hashes and this commitment
// key.
func (o *VerifierParams) ModelID(key commit.ID, m ModelDigests) (fr.Element, error) {
	hi, lo, err := o.Description.Digest()
	return transcript.HashNative(weights.ModelTag, fr.NewElement(weights.CommitmentVersion), hi, lo,
		fr.NewElement(uint64(o.Layout.ColumnBits)), fr.NewElement(uint64(o.Layout.SegmentBits)),
		key.Element(), m.Constants, m.Body, m.Head), err
}

// Positions returns the number of positions that a run has room for.
func (o *VerifierParams) Positions() int { return min(1<<o.PositionBits, o.Description.Config.Context) }

// Vocab returns the number of tokens of the vocabulary.
func (o *VerifierParams) Vocab() int { return o.Description.Config.Vocab }

// protocol returns parameters that serve only to lay out states.
func (o *VerifierParams) protocol(id fr.Element, m ModelDigests) *Params {
	p := &Params{
		Model: &weights.ModelCommitment{Description: o.Description, Layout: o.Layout}, ID: &weights.ModelID{ID: id,
			Constants: m.Constants, Body: m.Body, Head: m.Head},
		PositionBits: o.PositionBits, Blocks: o.Blocks, Classes: o.Classes,
	}
	for _, cells := range o.Cells {
		p.classes = append(p.classes, class{slots: argument.AccumulatorSizes{Cells: cells, Cache: o.Cache}})
	}
	p.settle.columns, p.settle.rows = o.Layout.ColumnBits, o.Weights-o.Layout.ColumnBits
	return p
}

// Width returns the number of elements of a state.
func (o *VerifierParams) Width() int { return o.protocol(fr.Element{}, ModelDigests{}).Width() }

// Slots returns zero running claims with the right numbers of coordinates, in the order of a
// state: by size class, then the cache's and the weights'.
func (o *VerifierParams) Slots() []argument.CommittedClaim {
	z := o.protocol(fr.Element{}, ModelDigests{}).blankState()
	return z.slots()
}

// Ends returns z_0 and z_n of a settled run, the only states that a verifier accepts. prompt
// is the number of tokens of the prompt, positions the number of positions of all passes, and
// tokens and said are the sealed chains (AbsorbPass, SealPrompt, SealOutput). The error wraps
// ErrRun.
func (o *VerifierParams) Ends(id fr.Element, m ModelDigests, prompt, positions int, tokens, said fr.Element,
	slots []argument.CommittedClaim) (first, last []fr.Element, err error) {
	if prompt < 1 || positions < prompt || positions > o.Positions() {
		return nil, nil, fmt.Errorf("%w: a prompt of %d in %d positions, there is room for %d", ErrRun, prompt,
			positions,
			o.Positions())
	}
	p := o.protocol(id, m)
	z := p.first(prompt)
	end := State{Phase: relation.Settled, Start: positions, Prompt: prompt, Tokens: tokens, Said: said}
	if err := end.setSlots(slots, &z); err != nil {
		return nil, nil, err
	}
	return p.Elements(&z), p.Elements(&end), nil
}

// RunningClaims returns the running claims of a state: by size class, then the cache's and the
// weights'.
func (z *State) RunningClaims() []argument.CommittedClaim { return z.slots() }
