package step

import (
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/bitlen"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// Params has the parameters that all steps of a run share: the model, the number of blocks in
// a step, the positions of the cache, and the size classes. It is immutable and may be shared.
// PositionBits is equal for all steps of a run, whatever the pass: in the cache's polynomial
// the variables of the windows are above those of the positions, so its size determines their
// place.
//
// A pass of 2^j tokens is proven in the smallest class of at least j token bits. Every class
// has its own running claim, so that a small step does not pay for the polynomial of a large
// one. All classes share the running claim on the cache.
type Params struct {
	Model        *weights.ModelCommitment
	ID           *weights.ModelID
	PositionBits int   // log2 of the cache's positions
	Blocks       int   // blocks in a step
	Classes      []int // token bits, ascending

	classes   []class
	digest    fr.Element
	settle    settlePlan
	packed    []fr.Element // the list of exponents
	exponents exponentPlan
	chains    []fr.Element // [record], chain of the record's commitments
}

// class has the shape, the programs and the arguments of a size class.
type class struct {
	shape     relation.Shape
	slots     argument.AccumulatorSizes
	programs  [relation.Head + 1]*relation.Program
	arguments [relation.Head + 1]*argument.Argument
}

// NewParams prepares the steps of runs over up to 2^positionBits positions.
func NewParams(c *weights.ModelCommitment, positionBits, blocks int, classes []int) (*Params, error) {
	if err := checkClasses(classes); err != nil {
		return nil, err
	}
	if _, err := c.Description.Shape(classes[len(classes)-1], positionBits, blocks); err != nil {
		return nil, err
	}
	if err := c.Validate(); err != nil {
		return nil, err
	}
	id, err := c.ID()
	if err != nil {
		return nil, err
	}
	p := &Params{Model: c, ID: id, PositionBits: positionBits, Blocks: blocks, Classes: slices.Clone(classes)}
	sizes := []fr.Element{id.ID, fr.NewElement(uint64(positionBits)), fr.NewElement(uint64(blocks))}
	for _, bits := range classes {
		s, err := c.Description.Shape(bits, positionBits, blocks)
		if err != nil {
			return nil, err
		}
		k := class{shape: s}
		if k.programs, k.slots, err = argument.ProgramsOf(s); err != nil {
			return nil, err
		}
		p.classes = append(p.classes, k)
		sizes = append(sizes, fr.NewElement(uint64(bits)))
	}
	p.digest = transcript.HashNative(protocolTag, sizes...)
	if p.packed, err = c.PackedExponents(); err != nil {
		return nil, err
	}
	if err := p.planExponents(); err != nil {
		return nil, err
	}
	for i := range c.Records {
		p.chains = append(p.chains, c.Records[i].Chain())
	}
	if err := p.prepareArguments(); err != nil {
		return nil, err
	}
	return p, p.checkSizes()
}

// prepareArguments prepares the arguments of all classes with one layout.
func (p *Params) prepareArguments() error {
	var variants []argument.Variant
	for _, k := range p.classes {
		for _, program := range k.programs {
			variants = append(variants, argument.Variant{Program: program, Shape: k.shape, Slots: k.slots})
		}
	}
	arguments, err := argument.NewArguments(variants...)
	if err != nil {
		return err
	}
	for i := range p.classes {
		p.classes[i].arguments = [relation.Head + 1]*argument.Argument(arguments[int(relation.Head+1)*i:])
	}
	return nil
}

// checkSizes checks that claims fit the digests of a run.
func (p *Params) checkSizes() error {
	if err := p.planSettlement(); err != nil {
		return err
	}
	if n := max(p.KeyBits(), p.weightBits()); n > argument.ClaimVars {
		return fmt.Errorf("step: running claims of %d variables, expected at most %d", n, argument.ClaimVars)
	}
	return nil
}

// weightBits returns the number of variables of the settled claim on the weights.
func (p *Params) weightBits() int { return p.settle.rows + p.settle.columns }

// passBits returns j of the largest pass, which has 2^j tokens.
func (p *Params) passBits() int { return p.Classes[len(p.Classes)-1] }

// positions returns the number of positions that a run has room for.
func (p *Params) positions() int {
	return min(1<<p.PositionBits, p.Model.Description.Config.Context)
}

func (p *Params) vocab() int { return p.Model.Description.Config.Vocab }

func (p *Params) vocabBits() int { return bitlen.Ceil(p.vocab()) }

// class returns the index of the smallest class for passes of 2^bits tokens.
func (p *Params) class(bits int) (int, error) {
	for i, b := range p.Classes {
		if bits >= 0 && bits <= b {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%w: a pass of 2^%d tokens, expected at most 2^%d", ErrRun, bits, p.Classes[len(p.Classes)-1])
}

// groups returns the number of block steps of a pass.
func (p *Params) groups() int { return p.Model.Description.Config.Layers / p.Blocks }

// KeyBits returns log2 of the number of points that a key needs to commit to every step.
func (p *Params) KeyBits() int {
	n := 0
	for i := range p.classes {
		n = max(n, p.classes[i].slots.Cells, p.classes[i].slots.Cache)
	}
	return n
}
