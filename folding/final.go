package folding

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/folding/internal/protocol"
	"fold.example/fold/r1cs"
)

// Final is a run whose last instance has been folded into the running one. The run is
// proven if Main and Cycle are satisfied by their witnesses. Both witnesses are secret.
type Final struct {
	Instances
	Cross        bn254.G1Affine // T of the last fold
	Main         Instance[fr.Element, bn254.G1Affine]
	MainWitness  *Witness[fr.Element]
	CycleWitness *Witness[fq.Element]
}

// Finish folds the last instance of a run of at least one step into the running one.
// The state is not changed, and can be extended: the next step would make the same fold,
// to the bit.
func (p *Params) Finish(s *State, blinds Blinds) (*Final, error) {
	if s.I == 0 {
		return nil, fmt.Errorf("%w: no step has been proven", ErrState)
	}
	now, err := p.io(&s.Instances)
	if err != nil {
		return nil, err
	}
	v := &proving{Params: p, state: s, blinds: blinds, now: now, next: &State{}}
	if err := v.foldMain(); err != nil {
		return nil, fmt.Errorf("folding the last step: %w", err)
	}
	return &Final{
		Instances: s.Instances, Cross: v.cross, Main: v.next.Main, MainWitness: v.next.main, CycleWitness: s.cycle,
	}, nil
}

// MainShape returns the relation of the augmented circuit.
func (c *Circuits) MainShape() *r1cs.Shape[fr.Element] { return c.augmented.Shape() }

// Relations returns the relations of a run's two running instances, and how the private
// variables of the CycleFold circuit are cut into phases: so many each.
func (p *Params) Relations() (main *r1cs.Shape[fr.Element], cycle *r1cs.Shape[fq.Element], phases []int) {
	return p.main.shape, p.cycle.shape, cutAt(p.cycle.ends)
}

func cutAt(ends []int) (lengths []int) {
	from := 0
	for _, end := range ends {
		lengths, from = append(lengths, end-from), end
	}
	return lengths
}

// Verifier checks the instances of a run. It has no circuits and no keys: pp is their
// digest.
type Verifier struct {
	main  *Main
	cycle *Cycle
	pp    fr.Element
	width int
}

// NewVerifier returns the verifier of runs with parameters' digest pp and states of
// width elements.
func NewVerifier(pp fr.Element, width int) *Verifier {
	return &Verifier{
		&Main{group: mainGroup(nil), ends: make([]int, 1), public: 1},
		&Cycle{group: cycleGroup(nil), ends: make([]int, 2), public: protocol.CyclePublic}, pp, width,
	}
}

// Digest returns pp, which every challenge and hash of a run contains: it identifies
// both circuits, the phases, both keys, a ceremony's included, and the step function.
func (p *Verifier) Digest() fr.Element { return p.pp }

// Public returns the public input of a run's last instance, which is the hash of all
// else: a Fresh with another one belongs to no such run. Errors wrap ErrState or
// ErrInstance.
func (p *Verifier) Public(in *Instances) (fr.Element, error) {
	at, err := p.io(in)
	return at.Public(protocol.Native()), err
}

// Finish returns the instance on BN254 that Params.Finish made of these instances with
// the commitment to T, after VerifyInstances: the run is proven if it and in.Cycle are
// satisfied.
func (p *Verifier) Finish(
	in *Instances, first []fr.Element, cross bn254.G1Affine,
) (Instance[fr.Element, bn254.G1Affine], error) {
	if err := p.VerifyInstances(in, first); err != nil {
		return Instance[fr.Element, bn254.G1Affine]{}, err
	}
	return p.main.Verify(p.pp, in.Main, in.Fresh, cross)
}
