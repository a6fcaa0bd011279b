package fold

import (
	"context"
	"errors"
	"fmt"

	"fold/checkpoint"
	"fold/internal/commit"
	"fold/internal/host"
	"fold/internal/progress"
	"fold/step"
)

// ownersCheck is what the statement about a store says of itself.
const ownersCheck = "This is the owner's check: it reads the weights and the store; for others, compress"

// proof checks the run with all that its owner has: the tokens and the last state, what the
// incremental proof of the steps is of, the model, the running polynomials, the claims on
// weights, and last the incremental proof, which takes the same time for any run. Only
// polynomials and claims take longer for more steps.
func (v *verification) proof(ctx context.Context) error {
	m, err := v.openModel(ctx)
	if err != nil {
		return err
	}
	defer m.Close()
	v.lap = host.CPUTime()
	last, z, err := v.arrive()
	if err != nil {
		return err
	}
	key, err := v.openKey(ctx)
	if err != nil {
		return err
	}
	r, err := v.read(ctx, key, last, z)
	if err != nil {
		return err
	}
	v.took(&v.check)
	if err := v.openly(ctx, m, key); err != nil {
		return err
	}
	progress.Emit(v.on, Progress{Stage: "steps"})
	if err := r.verify(); err != nil {
		return rejected(fmt.Errorf("the proof of the steps: %w", err))
	}
	v.took(&v.check)
	return ctx.Err()
}

// openModel opens the model that the run is proven with, by its fingerprint and id.
func (v *verification) openModel(ctx context.Context) (*Model, error) {
	m, err := OpenModel(ctx, v.opts.Model, v.on)
	if err != nil {
		return nil, err
	}
	if _, err := m.weightsOf(v.run); err != nil {
		if errors.Is(err, errOtherModel) {
			err = rejected(fmt.Errorf("the model: %w", err))
		}
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

// openKey opens the key that the run is proven with.
func (v *verification) openKey(ctx context.Context) (*commit.Key, error) {
	key, err := openKey(ctx, v.opts.Key, v.run.keyBits(), v.on)
	if err != nil {
		return nil, err
	}
	if key.ID() != v.run.commitment.Key {
		return nil, fmt.Errorf("%w: %s is key %s", ErrCorrupt, v.opts.Key, key.ID())
	}
	v.ceremony = key.Origin()
	return key, nil
}

// arrive returns the last step and its state, if this is where what is stated ends.
func (v *verification) arrive() (*checkpoint.Step, *step.State, error) {
	st := &step.RunStatement{Prompt: v.run.PromptIDs, Output: v.output}
	f, err := v.run.protocol.NewRunVerifier(st)
	if err != nil {
		return nil, nil, rejected(err)
	}
	last, err := v.store.Step(uint64(v.run.steps() - 1))
	if err != nil {
		return nil, nil, err
	}
	z, err := v.run.protocol.DecodeState(last.State)
	if err == nil {
		err = f.Arrive(z, v.run.plan.PassBits())
	}
	if err != nil {
		return nil, nil, rejected(fmt.Errorf("the last state: %w", err))
	}
	return &last, z, nil
}

// read reads the proof that the steps lead to the state z of the last one.
func (v *verification) read(ctx context.Context, key *commit.Key, last *checkpoint.Step, z *step.State) (*recursion, error) {
	progress.Emit(v.on, Progress{Stage: "recursion"})
	r, err := newRecursion(ctx, v.run.protocol, key, len(v.run.PromptIDs))
	if err != nil {
		return nil, err
	}
	if err := r.read(last.Proof, v.run.steps(), z); err != nil {
		return nil, rejected(fmt.Errorf("the proof of the steps: %w", err))
	}
	return r, nil
}

// isCommitted checks that the weights are those of the fingerprint that weights.seed has.
// It commits to them again if there is no such file, or if that is asked for.
func (v *verification) isCommitted(ctx context.Context, m *Model, key *commit.Key) error {
	if m.dir != "" && !v.opts.Recommit {
		return errors.Join(m.integers.Validate(), ctx.Err())
	}
	var seed *weightSeed
	if m.dir != "" {
		var err error
		if seed, err = m.readSeed(); err != nil {
			return err
		}
	}
	_, _, id, err := m.commitTo(ctx, key, v.run.commitment.Layout.SegmentBits, seed.bytes(), v.on)
	if err != nil {
		return err
	}
	if id != v.run.ModelID {
		return fmt.Errorf("%w: the commitment to the weights: those of model %s make id %s, the run is of %s",
			ErrRejected, m.name, id, v.run.ModelID)
	}
	return nil
}

// openly checks the weights, rebuilds the running polynomials, and checks them and the
// claims on weights.
func (v *verification) openly(ctx context.Context, m *Model, key *commit.Key) error {
	if err := v.isCommitted(ctx, m, key); err != nil {
		return err
	}
	v.took(&v.claims)
	r := &runner{run: v.run, dir: v.dir, store: v.store, model: m, key: key, again: true, on: v.on}
	var err error
	r.prover, err = step.NewRunProver(r.protocol, key, m.integers, r.seed, len(r.PromptIDs))
	if err != nil {
		return err
	}
	if err := r.replay(ctx, ErrRejected); err != nil {
		return err
	}
	progress.Emit(v.on, Progress{Stage: "running polynomials"})
	if err := r.prover.CheckRunning(ctx); err != nil {
		return v.refused(ctx, "the running polynomials", err)
	}
	v.took(&v.running)
	progress.Emit(v.on, Progress{Stage: "claims on weights"})
	f := r.prover.Follower()
	if err := r.protocol.CheckClaims(ctx, m.integers, &f.Log, f.State.Claims); err != nil {
		return v.refused(ctx, "the claims on weights", err)
	}
	v.took(&v.claims)
	return nil
}

// refused says which check an error is of, unless it is that of a cancelled context.
func (v *verification) refused(ctx context.Context, check string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return rejected(fmt.Errorf("%s: %w", check, err))
}
