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

// ClaimLog has the claims on weights of the steps of a run, in order: the values that the
// claim chain has absorbed.
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

// Chain returns the claim chain of a log. For each step the chain absorbs the digests of the
// records that the step opened, padded with zeros to the number of records of a step of
// blocks, and the digest of the step's claims, which covers the kind of the step.
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

// claims returns the claims of all steps of a log, in order.
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

// recordsOf returns the indices, among the n records of a step, of the records that have the
// tensor that the step's program calls name, and the tensor's name in these records. A table
// that all blocks read is in every block's record, and the claim is a claim on each of them. A
// step can therefore be proven only if the records of its blocks agree on the table, and the
// results do not depend on the number of blocks in a step.
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

// claimProver returns the prover of the claims of a log. The claim chain of the log must be
// chain, the one in the last state of the run.
func (p *Params) claimProver(m *llama.Model, g *ClaimLog, chain fr.Element) (*settlement.Prover, error) {
	claims, err := p.settled(g, chain)
	if err != nil {
		return nil, err
	}
	return settlement.New(m, p.Model, claims, p.settle.outer)
}

// settled returns the claims of a log. The claim chain of the log must be chain; the error
// wraps ErrClaims otherwise.
func (p *Params) settled(g *ClaimLog, chain fr.Element) ([]settlement.Claim, error) {
	claims, err := p.claims(g) // checks the lengths of the steps' claims
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

// ErrClaims is wrapped if claims on weights are not those of a run, or do not hold.
// ErrSettlement is wrapped if a settlement does not prove its claims.
var (
	ErrClaims     = settlement.ErrClaims
	ErrSettlement = errors.New("step: settlement of the weights rejected")
)
