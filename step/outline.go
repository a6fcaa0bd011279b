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

// VerifierParams is what the first and the last state of a run depend on besides its tokens and
// the model's two chains: the description of the model, its layout, and the sizes of
// steps. It is small whatever the model, and the same for all models of one description.
type VerifierParams struct {
	Description  weights.Description
	Layout       weights.Layout
	PositionBits int
	Blocks       int
	Classes      []int // token bits, ascending
	Cells        []int // by class, variables of the running claims; Cache and Weights alike
	Cache        int
	Weights      int
}

// VerifierParams is that of a protocol's runs.
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

// Encode returns the one encoding of an outline: the description, as in a model
// commitment's file, and the numbers, in the order of the fields.
func (o *VerifierParams) Encode() ([]byte, error) {
	c := wire.NewWriter(nil)
	o.code(c)
	return c.Bytes(), c.Err()
}

// DecodeVerifierParams reads what Encode wrote; errors wrap ErrEncoding. It checks all sizes
// against the limits of this package and the layout against the description, not that the
// numbers of variables are those that follow from the description. The model must be of an
// architecture of package llama or of one of known.
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

// check refuses outlines that states cannot be laid out for.
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

// Protocol is the protocol of a model of which only the outline is known, with records of
// zeros: the step function is that of all models of the outline.
func (o *VerifierParams) Protocol() (*Params, error) {
	c := &weights.ModelCommitment{Description: o.Description, Layout: o.Layout}
	shape, err := o.Description.WholeShape()
	if err != nil {
		return nil, err
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	slots, err := weights.KindSlots(shape)
	if err != nil {
		return nil, err
	}
	for i := range weights.RecordCount(shape.Config) {
		r := weights.ModelRecord{}
		for range slots[weights.RecordKind(shape.Config, i)] {
			r.Constants = append(r.Constants, relation.One)
		}
		for _, t := range o.Layout.TensorsOf(shape, i) {
			r.Commitments = append(r.Commitments, make([]bn254.G1Affine, t.Segments(o.Layout)))
		}
		c.Records = append(c.Records, r)
	}
	return NewParams(c, o.PositionBits, o.Blocks, o.Classes)
}

// ModelChains are the parts of a model id that a run's states hold beside it.
type ModelChains struct{ Body, Head fr.Element }

// Chains are those of the protocol's model.
func (p *Params) Chains() ModelChains { return ModelChains{p.ID.Body, p.ID.Head} }

// ModelID computes the model id of a model of this outline under a key.
func (o *VerifierParams) ModelID(key commit.ID, m ModelChains) (fr.Element, error) {
	hi, lo, err := o.Description.Digest()
	return transcript.HashNative(weights.ModelTag, fr.NewElement(weights.CommitmentVersion), hi, lo,
		fr.NewElement(uint64(o.Layout.ColumnBits)), fr.NewElement(uint64(o.Layout.SegmentBits)),
		key.Element(), m.Body, m.Head), err
}

// Positions is how many positions a run has room for.
func (o *VerifierParams) Positions() int { return min(1<<o.PositionBits, o.Description.Config.Context) }

// Vocab is the number of tokens.
func (o *VerifierParams) Vocab() int { return o.Description.Config.Vocab }

// protocol is one that states can be laid out with, and nothing else.
func (o *VerifierParams) protocol(id fr.Element, m ModelChains) *Params {
	p := &Params{
		Model: &weights.ModelCommitment{Description: o.Description, Layout: o.Layout}, ID: &weights.ModelID{ID: id,
			Body: m.Body, Head: m.Head},
		PositionBits: o.PositionBits, Blocks: o.Blocks, Classes: o.Classes,
	}
	for _, cells := range o.Cells {
		p.classes = append(p.classes, class{slots: argument.AccumulatorSizes{Cells: cells, Cache: o.Cache}})
	}
	p.settle.columns, p.settle.rows = o.Layout.ColumnBits, o.Weights-o.Layout.ColumnBits
	return p
}

// Width is the number of elements of a state.
func (o *VerifierParams) Width() int { return o.protocol(fr.Element{}, ModelChains{}).Width() }

// Slots are running claims of the right numbers of coordinates, in the order of a state:
// by class, the cache's, the weights'.
func (o *VerifierParams) Slots() []argument.CommittedClaim {
	z := o.protocol(fr.Element{}, ModelChains{}).blankState()
	return z.slots()
}

// Ends returns z_0 and z_n of a settled run: those that a verifier accepts, and the only
// such states. The prompt has so many tokens, all passes cover so many positions, and
// tokens and said are the chains at the end (AbsorbPass, SealPrompt,
// SealOutput). Errors wrap ErrRun.
func (o *VerifierParams) Ends(id fr.Element, m ModelChains, prompt, positions int, tokens, said fr.Element,
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

// RunningClaims lists the running claims of a state: by class, the cache's, the weights'.
func (z *State) RunningClaims() []argument.CommittedClaim { return z.slots() }
