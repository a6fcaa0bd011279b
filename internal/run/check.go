package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fold.example/fold/checkpoint"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/host"
	"fold.example/fold/internal/keyfile"
	"fold.example/fold/internal/model"
	"fold.example/fold/internal/progress"
	"fold.example/fold/internal/recursion"
	"fold.example/fold/step"
)

// CheckOptions are the inputs of the owner's check of a store.
type CheckOptions struct {
	// Key is the path of the commitment key. Model is the model folder, with weights.seed, or
	// the name of the embedded model. Nothing is read from paths in the store's manifest.
	Key, Model string
	// Recommit recomputes the commitments to the weights and compares them.
	Recommit bool
}

// Checked is the result of a check, with the core time of its parts: verifying the
// incremental proof of all steps; rebuilding and checking the running polynomials; checking
// the claims on weights.
type Checked struct {
	Ceremony               string // of the key, in words
	Proof, Running, Claims time.Duration
}

// Check checks the finished run of a store with all secrets of its owner. The error wraps
// ErrRejected if a check fails, and names the check.
func (s *Store) Check(ctx context.Context, opts CheckOptions, on func(progress.Event)) (*Checked, error) {
	v := &storeCheck{Store: s, opts: opts, on: on}
	if err := v.proof(ctx); err != nil {
		return nil, err
	}
	return &v.Checked, nil
}

// CheckKey checks by a key file's header that the key is the run's. The error wraps
// ErrRejected if not.
func (s *Store) CheckKey(path string) error {
	_, err := s.run.checkKey(path)
	if errors.Is(err, errOtherKey) {
		return fault.Rejected(err)
	}
	return err
}

// Proven returns the model as the store states it, with the key that the verifier names.
func (s *Store) Proven(key string) *model.Proven {
	c := s.run.commitment
	return &model.Proven{
		ID: s.run.ModelID, Description: &c.Description, SegmentBits: c.Layout.SegmentBits, SRS: c.Key, Key: key,
	}
}

// storeCheck is a check of a store in progress.
type storeCheck struct {
	*Store
	Checked
	opts CheckOptions
	on   func(progress.Event)
	lap  time.Duration // core time at the start of the current part
}

// took adds the core time since the previous call to a part's time.
func (v *storeCheck) took(part *time.Duration) {
	now := host.CPUTime()
	*part += now - v.lap
	v.lap = now
}

// proof checks, in this order: the model; the tokens and the last state; the statement of
// the incremental proof; the weights; the running polynomials; the claims on weights; and
// the incremental proof itself. Verifying the incremental proof takes the same time for any
// run; only the polynomials and the claims take longer for more steps.
func (v *storeCheck) proof(ctx context.Context) error {
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
	v.took(&v.Checked.Proof)
	if err := v.openly(ctx, m, key); err != nil {
		return err
	}
	progress.Emit(v.on, progress.Report{Stage: "steps"})
	if err := r.VerifyState(); err != nil {
		return fault.Rejected(fmt.Errorf("the proof of the steps: %w", err))
	}
	v.took(&v.Checked.Proof)
	return ctx.Err()
}

// openModel opens the run's model, which must have the run's fingerprint and id.
func (v *storeCheck) openModel(ctx context.Context) (*model.Model, error) {
	m, err := model.Open(ctx, v.opts.Model, v.on)
	if err != nil {
		return nil, err
	}
	if _, err := weightsOf(m, v.run); err != nil {
		if errors.Is(err, model.ErrOther) {
			err = fault.Rejected(fmt.Errorf("the model: %w", err))
		}
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

// openKey opens the run's key.
func (v *storeCheck) openKey(ctx context.Context) (*commit.Key, error) {
	key, err := keyfile.Open(ctx, v.opts.Key, v.run.KeyBits(), v.on)
	if err != nil {
		return nil, err
	}
	if key.ID() != v.run.commitment.Key {
		return nil, fmt.Errorf("%w: %s is key %s", fault.ErrCorrupt, v.opts.Key, key.ID())
	}
	v.Ceremony = key.Origin()
	return key, nil
}

// arrive returns the last step and its state, and checks that the state is the one in which
// the stated run ends.
func (v *storeCheck) arrive() (*checkpoint.Entry, *step.State, error) {
	st := &step.RunStatement{Prompt: v.run.PromptIDs, Output: v.output}
	f, err := v.run.Protocol.NewRunVerifier(st)
	if err != nil {
		return nil, nil, fault.Rejected(err)
	}
	last, err := v.store.Step(uint64(v.run.Steps() - 1))
	if err != nil {
		return nil, nil, err
	}
	z, err := v.run.Protocol.DecodeState(last.State)
	if err == nil {
		err = f.Arrive(z, v.run.plan.PassBits())
	}
	if err != nil {
		return nil, nil, fault.Rejected(fmt.Errorf("the last state: %w", err))
	}
	return &last, z, nil
}

// read decodes the proof of the steps and checks its statement: the steps lead to the last
// step's state z.
func (v *storeCheck) read(
	ctx context.Context, key *commit.Key, last *checkpoint.Entry, z *step.State,
) (*recursion.Recursion, error) {
	progress.Emit(v.on, progress.Report{Stage: "recursion"})
	r, err := recursion.New(ctx, v.run.Protocol, key, len(v.run.PromptIDs))
	if err != nil {
		return nil, err
	}
	if err := r.Read(last.Proof, v.run.Steps(), z); err != nil {
		return nil, fault.Rejected(fmt.Errorf("the proof of the steps: %w", err))
	}
	return r, nil
}

// isCommitted checks that the weights are the committed ones. For a model folder it checks
// the weights' digests; openModel has checked that weights.seed has this fingerprint and
// the run's model id. For an embedded model, or with Recommit, it commits to the weights
// again and compares the model ids.
func (v *storeCheck) isCommitted(ctx context.Context, m *model.Model, key *commit.Key) error {
	if m.Dir() != "" && !v.opts.Recommit {
		return errors.Join(m.Integers().Validate(), ctx.Err())
	}
	var seed *model.WeightSeed
	if m.Dir() != "" {
		var err error
		if seed, err = m.ReadSeed(); err != nil {
			return err
		}
	}
	_, _, id, err := m.CommitTo(ctx, key, v.run.commitment.Layout.SegmentBits, seed.Secret(), v.on)
	if err != nil {
		return err
	}
	if id != v.run.ModelID {
		return fmt.Errorf("%w: the commitment to the weights: those of model %s make id %s, the run is of %s",
			fault.ErrRejected, m.Name(), id, v.run.ModelID)
	}
	return nil
}

// openly checks the weights, rebuilds the running polynomials, and checks these and the
// claims on weights.
func (v *storeCheck) openly(ctx context.Context, m *model.Model, key *commit.Key) error {
	if err := v.isCommitted(ctx, m, key); err != nil {
		return err
	}
	v.took(&v.Claims)
	r := &Prover{Run: v.run, dir: v.dir, Store: v.store, Model: m, key: key, Reopen: true, on: v.on}
	var err error
	r.StepProver, err = step.NewRunProver(r.Protocol, key, m.Integers(), r.Secret, len(r.PromptIDs))
	if err != nil {
		return err
	}
	if err := r.replay(ctx, fault.ErrRejected); err != nil {
		return err
	}
	progress.Emit(v.on, progress.Report{Stage: "running polynomials"})
	if err := r.StepProver.CheckRunning(ctx); err != nil {
		return v.refused(ctx, "the running polynomials", err)
	}
	v.took(&v.Checked.Running)
	progress.Emit(v.on, progress.Report{Stage: "claims on weights"})
	f := r.StepProver.Tracker()
	if err := r.Protocol.CheckClaims(ctx, m.Integers(), &f.Log, f.State.Claims); err != nil {
		return v.refused(ctx, "the claims on weights", err)
	}
	v.took(&v.Claims)
	return nil
}

// refused adds the name of the failed check to an error, and the class ErrRejected, unless
// ctx is done.
func (v *storeCheck) refused(ctx context.Context, check string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fault.Rejected(fmt.Errorf("%s: %w", check, err))
}
