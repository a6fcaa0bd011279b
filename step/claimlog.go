package step

import (
	"errors"
	"fmt"
	"strings"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/llama"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/settlement"
	"fold.example/fold/step/weights"
)

// ClaimLog is what the steps of a run left, in their order: all that the claim chain
// has absorbed.
type ClaimLog struct{ Steps []argument.StepClaims }

func (p *Params) frame() *argument.UniformLayout { return p.classes[0].arguments[0].Frame }

// records returns the number of records that a step of kind k opens.
func (p *Params) records(k relation.Kind) int {
	if k == relation.Block {
		return p.Blocks
	}
	return 1
}

// claimsOf returns the claims of the next step, which is a step of a pass.
func (f *StateTracker) claimsOf(g *relation.Geometry, w *argument.WeightClaims[fr.Element]) *argument.StepClaims {
	z := &f.State
	from, _ := f.Model.StepRecords(z.Phase, z.Group*f.Blocks, f.Blocks)
	return &argument.StepClaims{Kind: z.Phase, Record: from, Start: g.Start, Bits: g.Bits, WeightClaims: *w}
}

// Chain computes the claim chain of a log: at each step it absorbs the digests of the
// records that the step opened, filled up with zeros to as many as a step of blocks
// opens, and the digest of its claims, which says of what kind it is.
func (p *Params) Chain(g *ClaimLog) (fr.Element, error) {
	b := transcript.NewField()
	chain := transcript.EmptyChain(b, claimChain)
	for i := range g.Steps {
		s := &g.Steps[i]
		n := p.records(s.Kind)
		if s.Record < 0 || s.Record+n > len(p.ID.Digest) {
			return chain, fmt.Errorf("step: claims on records %d to %d of %d", s.Record, s.Record+n-1, len(p.ID.Digest))
		}
		records := transcript.Padded(b, p.ID.Digest[s.Record:s.Record+n], p.Blocks)
		chain = transcript.ExtendChain(b, claimChain, chain, append(records, s.Digest(p.frame()))...)
	}
	return chain, nil
}

// claims lists what a log claims, step by step.
func (p *Params) claims(g *ClaimLog) (all []settlement.Claim, err error) {
	for i := range g.Steps {
		s := &g.Steps[i]
		ds, err := s.Deferred(p.frame(), p.PositionBits)
		if err != nil {
			return nil, err
		}
		for _, d := range ds {
			records, name, err := recordsOf(s.Kind, d.Name, p.Blocks)
			if err != nil {
				return nil, err
			}
			for _, i := range records {
				all = append(all, settlement.Claim{Record: s.Record + i, Name: name, Point: d.Point, Value: d.Value})
			}
		}
	}
	return all, nil
}

// recordsOf says which of the n records of a step have the tensor that the step's
// program calls by this name, and what a record calls it. A table that all blocks read is
// in every block's record: the claim is on each of them. So a step has a proof only if
// its blocks' records agree, and what a model computes does not depend on how many blocks
// a step has.
func recordsOf(k relation.Kind, name string, n int) (records []int, own string, err error) {
	if k != relation.Block {
		return []int{0}, name, nil
	}
	block, rest, numbered := strings.Cut(name, ".")
	if !numbered {
		for i := range n {
			records = append(records, i)
		}
		return records, name, nil
	}
	record, err := weights.BlockNumber(block, n)
	return []int{record}, rest, err
}

// claimProver prepares the proof of the claims of a log whose chain is the one that a run
// ended with.
func (p *Params) claimProver(m *llama.Model, g *ClaimLog, chain fr.Element) (*settlement.Prover, error) {
	claims, err := p.settled(g, chain)
	if err != nil {
		return nil, err
	}
	return settlement.New(m, p.Model, claims, p.settle.outer)
}

// settled lists the claims of a log whose chain is the one that a run ended with.
func (p *Params) settled(g *ClaimLog, chain fr.Element) ([]settlement.Claim, error) {
	claims, err := p.claims(g) // refuses what has other lengths than a step's
	if err != nil {
		return nil, err
	}
	have, err := p.Chain(g)
	if err != nil {
		return nil, err
	}
	if !have.Equal(&chain) {
		return nil, fmt.Errorf("%w: their chain is %s, the run ended with %s", ErrClaims, have.String(), chain.String())
	}
	return claims, nil
}

// ErrClaims is wrapped by the errors about claims on weights that are not those of a run,
// or do not hold; ErrSettlement by those about a settlement that does not prove its claims.
var (
	ErrClaims     = settlement.ErrClaims
	ErrSettlement = errors.New("step: settlement of the weights rejected")
)
