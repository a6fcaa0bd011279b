package run

import (
	"context"
	"errors"
	"fmt"

	"fold.example/fold/checkpoint"
	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/keyfile"
	"fold.example/fold/internal/model"
	"fold.example/fold/internal/prf"
	"fold.example/fold/internal/progress"
	"fold.example/fold/internal/recursion"
	"fold.example/fold/step"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// ResumeOptions are the choices of Resume. The zero value gives the defaults.
type ResumeOptions struct {
	// N, if larger than the run's number of tokens, extends the run, even a finished one. 0
	// leaves the number unchanged. A smaller N is an error.
	N int
	// Model and Key are the current paths of model and key. Empty: the paths in the manifest.
	Model, Key string
}

// Resume continues the run in a store after its last step. The finished run is byte for
// byte equal to one that was never stopped. A finished run that is not extended is left
// unchanged. Events are those of Prove. Errors are those of Prove and also wrap ErrNoStore,
// ErrLocked if another process has locked the store, ErrCorrupt if the store was altered,
// and ErrFormat for another model or key than the run's or an N that exceeds the run's
// room.
func Resume(ctx context.Context, store string, opts ResumeOptions, on func(progress.Event)) (*ProveSummary, error) {
	s, err := checkpoint.Open(store)
	if err != nil {
		return nil, err
	}
	r, err := NewResumption(ctx, s, opts, false, on)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	defer r.close()
	r.dir = store
	return r.Finish(ctx)
}

// NewResumption opens the store, model and key of a run, and extends the run. With
// compress, a finished run is restored too, and as many points of the key are read as
// compressing needs.
func NewResumption(
	ctx context.Context, s *checkpoint.Store, opts ResumeOptions, compress bool, on func(progress.Event),
) (*Prover, error) {
	run, err := Read(s.Meta())
	if err != nil {
		return nil, err
	}
	r := &Prover{Run: run, Store: s, on: on, Reopen: compress}
	if !r.idle() || opts.N > r.tokens() {
		r.compileBeside(ctx)
	}
	if err := r.open(ctx, opts, compress); err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

// compileBeside compiles the recursion while everything else is opened and restored.
// recursion.New then gets the compiled recursion, or fails with the same error. close waits
// for the compilation.
func (r *Prover) compileBeside(ctx context.Context) {
	p, compiled := r.Protocol, make(chan struct{})
	go func() {
		defer close(compiled)
		_, _ = recursion.Compile(ctx, p)
	}()
	r.compiling = compiled
}

// close waits for the compilation and closes the model.
func (r *Prover) close() error {
	if r.compiling != nil {
		<-r.compiling
	}
	if r.Model == nil {
		return nil
	}
	return r.Model.Close()
}

func (r *Prover) open(ctx context.Context, opts ResumeOptions, compress bool) error {
	if opts.Model == "" {
		opts.Model = r.Manifest.Model
	}
	if opts.Key == "" {
		opts.Key = r.Key
	}
	var err error
	if r.Model, err = model.Open(ctx, opts.Model, r.on); err != nil {
		return err
	}
	if r.Weights, err = weightsOf(r.Model, r.Run); err != nil {
		return err
	}
	if r.keyHas, err = r.checkKey(opts.Key); err != nil {
		return err
	}
	bits := r.KeyBits()
	if compress {
		c, err := recursion.Compile(ctx, r.Protocol)
		if err != nil {
			return err
		}
		bits = max(bits, recursion.KeyBits(c.Circuits, r.Protocol.VerifierParams()))
	}
	if r.key, err = keyfile.Open(ctx, opts.Key, bits, r.on); err != nil {
		return err
	}
	if have := r.key.ID(); have != r.commitment.Key { // the file has changed since its header was read
		return fmt.Errorf("%w: %s is key %s, the run is proven with %w %s", fault.ErrFormat, opts.Key, have,
			errOtherKey, r.commitment.Key)
	}
	return r.extend(opts.N)
}

// weightsOf checks that the model is the run's, and returns the seed of its commitment's
// blinding factors.
func weightsOf(m *model.Model, r *Run) (prf.Seed, error) {
	if have := m.Fingerprint(); have != r.Fingerprint {
		return nil, fmt.Errorf("%w: model %s has fingerprint %s, the run is of %w, %.64s",
			fault.ErrFormat, m.Name(), have, model.ErrOther, r.Fingerprint)
	}
	if have, want := weights.TokenizerDigest(m.Tokenizer().Digest()), r.commitment.Description.Tokenizer; have != want {
		return nil, fmt.Errorf("%w: model %s has a tokenizer of digest %s, the run is of %s", fault.ErrFormat, m.Name(),
			have, want)
	}
	if m.Dir() == "" {
		return nil, nil
	}
	seed, err := m.ReadSeed()
	if err != nil {
		return nil, err
	}
	if seed.ModelID != r.ModelID {
		return nil, fmt.Errorf("%w: model %s is committed as %s, the run is of %w, %s",
			fault.ErrFormat, m.Name(), seed.ModelID, model.ErrOther, r.ModelID)
	}
	return seed.BlindSeed(), nil
}

// extend increases the run's number of tokens to n.
func (r *Prover) extend(n int) error {
	if n == 0 || n == r.tokens() {
		return nil
	}
	d := r.Manifest
	d.N = append(d.N[:len(d.N):len(d.N)], n)
	longer, err := derive(d)
	if err != nil {
		return err
	}
	if err := r.describe(&d); err != nil {
		return err
	}
	r.Run = longer
	return nil
}

// restore restores the prover's state at the end of the store, unless the prover is idle.
func (r *Prover) restore(ctx context.Context) error {
	err := r.replay(ctx, fault.ErrCorrupt)
	if err != nil || r.idle() {
		return err
	}
	if err := r.StepProver.Check(); err != nil {
		return fmt.Errorf("%w: %w", fault.ErrCorrupt, err)
	}
	return nil
}

// replay advances the prover over the steps of the store. Before the snapshot it only reads
// the records; after it, it replays them. The error wraps wrong if a record contradicts the
// others.
func (r *Prover) replay(ctx context.Context, wrong error) error {
	snapshot, total := int(r.Store.Status().Snapshot.At), r.done()
	planned, told := r.plan.Walk(&r.commitment.Description), progress.NewMeter(r.on)
	if total > len(planned) {
		return fmt.Errorf("%w: %d records of a run of %d steps", wrong, total, len(planned))
	}
	for record, err := range r.Store.Steps(0) {
		i := int(record.Index)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		if i == snapshot {
			if err := r.readSnapshot(wrong); err != nil {
				return err
			}
		}
		if err = standsBefore(r.StepProver.State(), &planned[i]); err == nil {
			err = r.over(&record, i < snapshot)
		}
		if err != nil {
			return atStep(i, fmt.Errorf("%w: %w", wrong, err))
		}
		told.Report("restore", i+1, total)
	}
	if snapshot > 0 && snapshot == total {
		return r.readSnapshot(wrong)
	}
	return nil
}

// standsBefore returns nil if z, a state from the store, is the state before a planned
// step.
func standsBefore(z *step.State, p *step.PlannedStep) error {
	inPass, ofBlock := z.Phase != relation.Embed, z.Phase == relation.Block
	if z.Phase != p.Kind || z.Start != p.Start || inPass && z.Bits != p.Bits || ofBlock && z.Group != p.Group {
		return fmt.Errorf("the state before it stands at %s, position %d, group %d, "+
			"the plan at %s, position %d, group %d",
			z.Phase, z.Start, z.Group, p.Kind, p.Start, p.Group)
	}
	return nil
}

// restoreProof restores the recursion from the last step's proof, which covers all steps.
func (r *Prover) restoreProof() error {
	steps := r.done()
	if steps == 0 {
		return nil
	}
	last, err := r.Store.Step(uint64(steps - 1))
	if err != nil {
		return err
	}
	return r.Recursion.Resume(last.Proof, steps, r.StepProver.State())
}

// over advances the prover over a step.
func (r *Prover) over(record *checkpoint.Entry, before bool) error {
	f := r.StepProver.Tracker()
	s, trail, err := f.DecodeReplay(record.Replay)
	if err != nil {
		return err
	}
	if trail.KV, err = step.DecodeKV(record.Cache); err != nil {
		return err
	}
	after, err := f.DecodeState(record.State)
	if err != nil {
		return err
	}
	chosen := f.Chosen(s)
	if before || r.idle() {
		err = r.StepProver.Restore(s, trail, after)
	} else {
		err = r.StepProver.Replay(s, trail, after)
	}
	r.output = append(r.output, chosen...)
	return err
}

// readSnapshot sets the running polynomials from the snapshot, if they are needed. The
// error wraps wrong if the snapshot is not the run's.
func (r *Prover) readSnapshot(wrong error) error {
	if r.Store.Status().Snapshot.At == 0 || r.idle() {
		return nil
	}
	s, err := r.Store.Snapshot()
	if err != nil {
		return err
	}
	if err = r.StepProver.ReadSnapshot(s); errors.Is(err, argument.ErrEncoding) {
		err = fmt.Errorf("%w: %w", wrong, err)
	}
	return errors.Join(err, s.Close())
}
