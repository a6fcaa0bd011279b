package folding

import (
	"errors"
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/folding/internal/protocol"
)

// ErrState marks a state whose parts do not belong together, or to these parameters.
var ErrState = errors.New("the state is not one of a run")

// Instances are the public part of a run after I steps (PROTOCOL.md, section 6): the states z_0 and z_i, of Width
// elements each, the running instance U_i, the instance u_i of the last step, which is not folded yet, and the
// running CycleFold instance cfU_i.
type Instances struct {
	I        uint64
	First, Z []fr.Element
	Main     Instance[fr.Element, bn254.G1Affine]
	Fresh    Fresh[fr.Element, bn254.G1Affine]
	Cycle    Instance[fq.Element, grumpkin.G1Affine]
}

// State is a run after some steps: its instances with their witnesses, which are
// secret. Its size does not depend on the number of steps.
type State struct {
	Instances
	main  *Witness[fr.Element]
	fresh *FreshWitness[fr.Element]
	cycle *Witness[fq.Element]
}

// Start returns the state of a run that begins with z_0. No step has been proven, and
// Verify accepts no such state.
func (p *Params) Start(first []fr.Element) (*State, error) {
	if err := p.checkWidth("z_0", first); err != nil {
		return nil, err
	}
	s := &State{fresh: &FreshWitness[fr.Element]{
		W: make([]fr.Element, p.main.shape.Private()), Blind: make([]fr.Element, 1),
	}}
	s.First, s.Z = slices.Clone(first), slices.Clone(first)
	s.Main, s.main = p.main.Default()
	s.Cycle, s.cycle = p.cycle.Default()
	s.Fresh = Fresh[fr.Element, bn254.G1Affine]{W: make([]bn254.G1Affine, 1), X: make([]fr.Element, 1)}
	return s, nil
}

// Context is the function Context at a state: that of the next step.
func (p *Params) Context(s *State) fr.Element { return Context(p.pp, s.I, s.Z) }

func (p *Verifier) checkWidth(what string, z []fr.Element) error {
	if len(z) != p.width {
		return fmt.Errorf("%w: %s has %d elements, want %d", ErrState, what, len(z), p.width)
	}
	return nil
}

// io returns where a run stands, with the running instances checked for their form.
func (p *Verifier) io(in *Instances) (at protocol.IVCIO[fr.Element], err error) {
	if err = p.checkWidth("z_0", in.First); err != nil {
		return
	}
	if err = p.checkWidth("z_i", in.Z); err != nil {
		return
	}
	main, err := p.main.digest(in.Main)
	if err != nil {
		return at, fmt.Errorf("running instance: %w", err)
	}
	cycle, err := p.cycle.encodeRunning(in.Cycle)
	if err != nil {
		return at, fmt.Errorf("CycleFold instance: %w", err)
	}
	b := protocol.Native()
	return protocol.IVCIO[fr.Element]{
		PP: p.pp, I: fr.NewElement(in.I), Width: fr.NewElement(uint64(p.width)),
		First: protocol.StateDigest(b, in.First), Z: protocol.StateDigest(b, in.Z), Main: main, Cycle: cycle,
	}, nil
}

// Verify returns nil if and only if a state proves that z_i follows from z_0 = first in I >= 1
// steps: the hash in the last instance is that of everything else, and all three
// instances are satisfied by their witnesses, with every commitment recomputed. What
// z_i must be is for the caller to compare. The time does not depend on I.
//
// Errors say which part failed, and wrap ErrState, ErrInstance, ErrOpening,
// r1cs.ErrLength or r1cs.ErrUnsatisfied.
func (p *Params) Verify(s *State, first []fr.Element) error {
	if err := p.VerifyInstances(&s.Instances, first); err != nil {
		return err
	}
	if s.main == nil || s.fresh == nil || s.cycle == nil {
		return fmt.Errorf("%w: it has instances and no witnesses", ErrState)
	}
	if err := p.main.Check(s.Main, s.main); err != nil {
		return fmt.Errorf("running instance: %w", err)
	}
	if err := p.main.CheckFresh(s.Fresh, s.fresh); err != nil {
		return fmt.Errorf("last instance: %w", err)
	}
	if err := p.cycle.Check(s.Cycle, s.cycle); err != nil {
		return fmt.Errorf("CycleFold instance: %w", err)
	}
	return nil
}

// VerifyInstances is the part of Verify that needs no witness: that the instances are
// well-formed and belong together. Alone it proves nothing: the caller needs another proof
// that all three instances are satisfied. Errors wrap ErrState or ErrInstance.
func (p *Verifier) VerifyInstances(in *Instances, first []fr.Element) error {
	if in.I == 0 {
		return fmt.Errorf("%w: no step has been proven", ErrState)
	}
	if !slices.Equal(in.First, first) {
		return fmt.Errorf("%w: it begins with another z_0", ErrState)
	}
	at, err := p.io(in)
	if err != nil {
		return err
	}
	if err := p.main.validateFresh(in.Fresh); err != nil {
		return fmt.Errorf("last instance: %w", err)
	}
	if in.Fresh.X[0] != at.Public(protocol.Native()) {
		return fmt.Errorf("%w: the last instance is of other parameters, states or running instances", ErrState)
	}
	return nil
}
