package step

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/poly"
	"fold.example/fold/llama"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// The owner's check of a run has three parts. The recursion's verifier checks that the steps
// lead to a state. CheckClaims checks that the claims on weights, whose chain is in the state,
// hold for the weights. CheckRunning checks that the running polynomials agree with the
// state's running claims. The check reads weights and polynomials, so it convinces only the
// owner. Others verify a settlement by steps, in which commitments to the weights and openings
// replace the last two parts.

// CheckClaims checks that all claims on weights of a log hold for the weights of a model.
// chain is the claim chain of the last state of the run; the log must have this chain.
//
// rho is drawn from the system's generator when the claims are fixed, and sum_k rho^k v_k is
// compared with the same sum over the weights. False claims pass with a probability of at most
// their number divided by 2^253. The weights are read once, and once more for every
// claimsAtOnce claims on a matrix.
//
// The model's shape and constants are compared with the commitment. The caller must know that
// the model's weights are the committed ones. The error wraps ErrClaims if log, model or
// claims are at fault.
func (p *Params) CheckClaims(ctx context.Context, m *llama.Model, g *ClaimLog, chain fr.Element) error {
	if err := p.checkModel(m); err != nil {
		return err
	}
	s, err := p.claimProver(m, g, chain)
	if err != nil {
		return err
	}
	return s.Check(ctx)
}

// checkModel checks that the model has the shape and the constants of the commitment.
func (p *Params) checkModel(m *llama.Model) error {
	have, err := weights.Describe(m, p.Model.Description.Tokenizer)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrClaims, err)
	}
	want := &p.Model.Description
	if same, err := have.Equal(want); err != nil || !same {
		return errors.Join(fmt.Errorf("%w: the model has another shape than the committed one", ErrClaims), err)
	}
	shape, err := want.WholeShape()
	if err != nil {
		return err
	}
	for layer, committed := range p.Model.Exponents {
		own, err := relation.NewLayerExponents(shape, m, layer)
		if err != nil {
			return err
		}
		if !slices.Equal(own, committed) {
			return fmt.Errorf("%w: the model has the exponents %v in layer %d, the committed one %v", ErrClaims, own,
				layer, committed)
		}
	}
	return nil
}

// CheckRunning checks that the running polynomials, as Restore, Replay and ReadSnapshot have
// left them, agree with the running claims: each has the claim's commitment and, at the
// claim's point, the claim's value. A polynomial with another commitment passes with a
// probability below 2^-250. The error wraps ErrRun.
func (q *RunProver) CheckRunning(ctx context.Context) error {
	for i := range q.refolded {
		q.refolded[i] = true
	}
	if err := q.Check(); err != nil {
		return err
	}
	open := q.State().open()
	for i, p := range q.polynomials() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if v := poly.Eval(p.Values, open[i].Point); !v.Equal(&open[i].Value) {
			return fmt.Errorf("%w: running polynomial %d has another value than is claimed", ErrRun, i)
		}
	}
	return nil
}
