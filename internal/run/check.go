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

// CheckOptions say what the owner's check of a store is made with.
type CheckOptions struct {
	// Key is the file of the commitment key, and Model the model folder, with weights.seed, or
	// the name of the embedded model. Nothing is read from paths that the store names.
	Key, Model string
	// Recommit commits to the model's weights again and compares.
	Recommit bool
}

// Checked is what a check found, and core time that its parts took: the incremental proof of
// all steps; rebuilding and checking the running polynomials; the claims on weights.
type Checked struct {
	Ceremony               string // of the key, in words
	Proof, Running, Claims time.Duration
}

// Check checks the finished run of a store with all that its owner has. The error wraps
// ErrRejected if anything does not hold and says which check.
func (s *Store) Check(ctx context.Context, opts CheckOptions, on func(progress.Event)) (*Checked, error) {
	v := &storeCheck{Store: s, opts: opts, on: on}
	if err := v.proof(ctx); err != nil {
		return nil, err
	}
	return &v.Checked, nil
}

// CheckKey checks by its header that a key is the run's. The error wraps ErrRejected if it is another.
func (s *Store) CheckKey(path string) error {
	_, err := s.run.checkKey(path)
	if errors.Is(err, errOtherKey) {
		return fault.Rejected(err)
	}
	return err
}

// Proven is what a store says about its model, with the key that its verifier names.
func (s *Store) Proven(key string) *model.Proven {
	c := s.run.commitment
	return &model.Proven{
		ID: s.run.ModelID, Description: &c.Description, SegmentBits: c.Layout.SegmentBits, SRS: c.Key, Key: key,
	}
}

// storeCheck checks a store.
type storeCheck struct {
	*Store
	Checked
	opts CheckOptions
	on   func(progress.Event)
	lap  time.Duration // core time when the part at work began
}

// took adds the core time since the last call to a part's.
func (v *storeCheck) took(part *time.Duration) {
	now := host.CPUTime()
	*part += now - v.lap
	v.lap = now
}

// proof checks the run with all that its owner has: the tokens and the last state, what the
// incremental proof of the steps is of, the model, the running polynomials, the claims on
// weights, and last the incremental proof, which takes the same time for any run. Only
// polynomials and claims take longer for more steps.
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

// openModel opens the model that the run is proven with, by its fingerprint and id.
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

// openKey opens the key that the run is proven with.
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

// arrive returns the last step and its state, if this is where what is stated ends.
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

// read reads the proof that the steps lead to the state z of the last one.
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

// isCommitted checks that the weights are those of the fingerprint that weights.seed has.
// It commits to them again if there is no such file, or if that is asked for.
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

// openly checks the weights, rebuilds the running polynomials, and checks them and the
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

// refused says which check an error is of, unless it is that of a cancelled context.
func (v *storeCheck) refused(ctx context.Context, check string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fault.Rejected(fmt.Errorf("%s: %w", check, err))
}
