package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"fold.example/fold/checkpoint"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/files"
	"fold.example/fold/internal/host"
	"fold.example/fold/internal/model"
	"fold.example/fold/internal/prf"
	"fold.example/fold/internal/progress"
	"fold.example/fold/internal/recursion"
	"fold.example/fold/llama"
	"fold.example/fold/llama/tokenizer"
	"fold.example/fold/step"
	"fold.example/fold/step/argument"
)

// Prover proves the remaining steps of a run.
type Prover struct {
	*Run
	dir     string
	Store   *checkpoint.Store // records of the run, open for appending
	Model   *model.Model      // opened model of the run
	key     *commit.Key
	keyHas  int      // log2 of the number of points in the key file; key holds the first of them
	Weights prf.Seed // seed of the model commitment's blinding factors
	Reopen  bool     // restore the prover for a finished run too

	compiling <-chan struct{} // closed when compileBeside is done; nil if it was not called

	on func(progress.Event)

	StepProver *step.RunProver      // witnesses and running polynomials
	Recursion  *recursion.Recursion // nil for a finished run without Reopen
	output     []int                // tokens chosen and proven so far
	decoder    *tokenizer.Decoder
	text       string

	begun     time.Time
	first     int // number of steps at the start
	had       int // number of tokens at the start
	pace      pace
	durable   time.Duration
	snapshots checkpoint.Policy
	rate      float64 // speed of writing a snapshot in bytes per second
}

// snapshotPolicy bounds the share of the time spent on snapshots and the seconds that a
// resumption replays. One stop in 1000 steps is a guess.
var snapshotPolicy = checkpoint.Policy{MaxShare: 0.05, MaxResume: 0.5, Stops: 1000}

// guessedRate is the assumed speed of writing snapshots, in bytes per second, until a
// snapshot of at least ratedSize bytes has been written. The time for smaller snapshots is
// not proportional to their size.
const (
	guessedRate = 1e8
	ratedSize   = 8 << 20
)

// Finish proves the remaining steps. The store stays consistent whatever interrupts it.
func (r *Prover) Finish(ctx context.Context) (*ProveSummary, error) {
	r.begun, r.snapshots, r.rate = time.Now(), snapshotPolicy, guessedRate
	err := files.Guard(func() error { return r.Start(ctx) })
	begun := err == nil || ctx.Err() != nil
	if err == nil {
		err = files.Guard(func() error { return r.work(ctx) })
	}
	done := r.done()
	err = errors.Join(err, r.Store.Close())
	switch {
	case err == nil:
		return r.summary(), nil
	case begun:
		return nil, &Stopped{Store: r.dir, Step: done, Of: r.Steps(), Reason: err}
	}
	return nil, err
}

// Start restores the prover's state at the end of the store.
func (r *Prover) Start(ctx context.Context) (err error) {
	r.StepProver, err = step.NewRunProver(r.Protocol, r.key, r.Model.Integers(), r.Secret, len(r.PromptIDs))
	if err != nil {
		return err
	}
	if err := r.restore(ctx); err != nil {
		return err
	}
	if !r.idle() {
		progress.Emit(r.on, progress.Report{Stage: "recursion"})
		r.Recursion, err = recursion.New(ctx, r.Protocol, r.key, len(r.PromptIDs))
		if err == nil {
			err = r.restoreProof()
		}
		if err != nil {
			return err
		}
	}
	r.started()
	return nil
}

func (r *Prover) work(ctx context.Context) error {
	if err := r.generate(ctx); err != nil {
		return err
	}
	if r.finished() {
		return r.dropEarlier()
	}
	known := slices.Concat(r.PromptIDs, r.output)
	if r.Batch {
		known = slices.Concat(r.PromptIDs, r.Generated)
	}
	r.StepProver.InContext(r.Recursion.Context)
	r.StepProver.Observe = r.observe
	r.entered(progress.Trace)
	mark := time.Now()
	_, err := step.ProveRun(ctx, r.StepProver, known, r.plan, func(p *step.Proven) error {
		r.entered(progress.Recursion)
		if err := r.Recursion.Add(p.Step, r.Secret); err != nil {
			return fmt.Errorf("recursion: %w", err)
		}
		r.entered(progress.Durable)
		err := r.keep(p, time.Since(mark))
		r.entered(progress.Trace)
		mark = time.Now()
		return err
	})
	if err != nil {
		return err
	}
	r.entered(progress.Durable)
	return r.dropEarlier()
}

// entered tells that a stage begins.
func (r *Prover) entered(s progress.Stage) { progress.Emit(r.on, progress.Entered{Stage: s}) }

// observe tells of the phases of a step's argument. What follows the last one takes the state over the step.
func (r *Prover) observe(p argument.Phase) {
	if p == argument.PhaseDone {
		r.entered(progress.Trace)
		return
	}
	r.entered(progress.Stage(p))
}

// idle reports whether the run is finished and need not be restored.
func (r *Prover) idle() bool { return r.finished() && !r.Reopen }

// finished reports whether the store has all steps of the run.
func (r *Prover) finished() bool { return r.done() >= r.Steps() }

// done returns the number of steps in the store.
func (r *Prover) done() int { return int(r.Store.Len()) }

// started initialises the output text and reports the state of the run.
func (r *Prover) started() {
	r.first, r.had = r.done(), len(r.output)
	r.decoder = r.Model.Tokenizer().NewDecoder(r.PromptIDs...)
	for _, id := range r.output {
		r.text += r.decoder.Write(id)
	}
	if r.Reopen {
		return // no Started event: the run itself does not continue
	}
	e := progress.Started{
		Store: r.dir, Model: r.Model.Name(), ModelID: r.ModelID, SRS: r.SRS,
		Prompt: r.Model.Tokenizer().Decode(r.PromptIDs), PromptIDs: r.PromptIDs,
		Output: r.text, OutputIDs: slices.Clone(r.output), N: r.tokens(), Step: r.first, Of: r.Steps(),
	}
	if r.Recursion != nil {
		if need := recursion.KeyBits(r.Recursion.Circuits, r.Protocol.VerifierParams()); r.keyHas < need {
			e.KeyBits, e.CompressBits = r.keyHas, need
		}
	}
	progress.Emit(r.on, e)
}

// generate generates all tokens except the last before proving, if the run is proven in
// large passes.
func (r *Prover) generate(ctx context.Context) error {
	missing := r.tokens() - 1 - len(r.Generated)
	if !r.Batch || missing <= 0 {
		return nil
	}
	r.entered(progress.Generation)
	m := progress.NewMeter(r.on)
	m.Report("generate", 0, missing)
	chosen := slices.Clone(r.Generated)
	known := slices.Concat(r.PromptIDs, chosen)
	err := r.Model.Integers().NewSession().Generate(ctx, known, llama.GenerateOptions{Tokens: missing},
		func(id int) error {
			chosen = append(chosen, id)
			m.Report("generate", len(chosen)-len(r.Generated), missing)
			return nil
		})
	if err != nil {
		return err
	}
	d := r.Manifest
	d.Generated = chosen
	if err := r.describe(&d); err != nil {
		return err
	}
	r.Generated = chosen
	return nil
}

// describe replaces the content of fold.json.
func (r *Prover) describe(d *Manifest) error {
	text, err := d.Encode()
	if err != nil {
		return err
	}
	return r.Store.Describe(text)
}

// keep makes a step and the proof of all steps up to it durable, and then reports the step.
func (r *Prover) keep(p *step.Proven, took time.Duration) error {
	r.pace.add(p.Kind, p.Bits, took)
	done := r.done() + 1
	left := r.pace.left(r.plan, &r.commitment.Description, done)
	record := checkpoint.Entry{
		Index: r.Store.Len(), State: r.Protocol.EncodeState(r.StepProver.State()),
		Proof:  r.Recursion.Encode(r.Recursion.State),
		Replay: p.EncodeReplay(), Tokens: unsigned(p.Chosen), Cache: step.EncodeKV(p.Trail.KV),
		Note: note{Seconds: took.Seconds(), Left: left.Seconds()}.String(),
	}
	start := time.Now()
	if err := r.appendOnly(record); err != nil {
		return err
	}
	if err := r.snapshot(p, took); err != nil {
		return err
	}
	cost := time.Since(start)
	r.durable += cost
	r.tell(p)
	size := len(record.State) + len(record.Proof) + len(record.Replay) + 4*len(record.Tokens) + len(record.Cache)
	progress.Emit(r.on, progress.StepDone{
		Step: done, Of: r.Steps(), Kind: p.Kind.String(), Position: p.Start, Tokens: 1 << p.Bits, Group: p.Group,
		Groups: r.commitment.Description.Config.Layers / r.Blocks, Seconds: took.Seconds(), Durable: cost.Seconds(),
		Rate: float64(len(r.output)-r.had) / time.Since(r.begun).Seconds(), Remaining: left, Memory: host.PeakRSS(),
		Bytes: int64(size),
	})
	return nil
}

// appendOnly appends a record unless the weights on disk were changed. A proof covers all
// steps up to it, so earlier proofs are dropped; the store keeps the latest until the new
// one is durable.
func (r *Prover) appendOnly(record checkpoint.Entry) error {
	if err := r.Model.Integers().Unchanged(); err != nil {
		return err
	}
	if n := r.Store.Len(); n > 0 {
		if err := r.Store.DropProofs(n - 1); err != nil {
			return err
		}
	}
	return r.Store.Append(record)
}

// dropEarlier drops all proofs of a finished run except the last, which covers all steps.
func (r *Prover) dropEarlier() error { return r.Store.DropProofs(uint64(r.Steps() - 1)) }

// tell appends the tokens that a step has proven to the output and reports them.
func (r *Prover) tell(p *step.Proven) {
	for _, id := range p.Chosen {
		r.output = append(r.output, id)
		text := r.decoder.Write(id)
		if len(r.output) == r.tokens() {
			text += r.decoder.Flush()
		}
		r.text += text
		progress.Emit(r.on, progress.Token{ID: id, Text: text})
	}
}

// snapshot writes a snapshot if the policy says that it is due.
func (r *Prover) snapshot(p *step.Proven, took time.Duration) error {
	s := &r.snapshots
	s.Step, s.Replay = smoothed(s.Step, took), smoothed(s.Replay, p.Again)
	if !s.Due(r.Store.Status()) {
		return nil
	}
	// The size grows: more coefficients of the polynomials become nonzero with every step.
	size := r.StepProver.SnapshotSize()
	if s.Snapshot = checkpoint.SnapshotSeconds(size, r.rate); !s.Due(r.Store.Status()) {
		return nil
	}
	start := time.Now()
	if err := r.writeSnapshot(size); err != nil {
		return err
	}
	if size >= ratedSize {
		r.rate = float64(size) / time.Since(start).Seconds()
	}
	return nil
}

func smoothed(mean float64, d time.Duration) float64 {
	if mean == 0 {
		return d.Seconds()
	}
	return mean + (d.Seconds()-mean)/16
}

func (r *Prover) writeSnapshot(size int64) error {
	w, err := r.Store.NewSnapshot(size)
	if err != nil {
		return err
	}
	if err := r.StepProver.WriteSnapshot(w); err != nil {
		return errors.Join(err, w.Abort())
	}
	return w.Commit()
}

func (r *Prover) summary() *ProveSummary {
	s := &ProveSummary{
		Store: r.dir, ModelID: r.ModelID, Steps: r.Steps(), Tokens: len(r.output), PromptIDs: r.PromptIDs,
		OutputIDs: r.output,
		Text:      r.text, StepsNow: r.Steps() - r.first, Checkpoints: r.durable.Seconds(),
		Seconds: time.Since(r.begun).Seconds(), PeakRSS: host.PeakRSS(),
	}
	if status, err := checkpoint.Peek(r.dir); err == nil {
		s.Bytes = status.Bytes
	}
	return s
}

// note is the note of a store's last step, shown by ReadStatus.
type note struct {
	Seconds float64 `json:"seconds"`
	Left    float64 `json:"left"` // seconds until the run is finished
}

func (n note) String() string {
	b, _ := json.Marshal(n) // two numbers never fail
	return string(b)
}

func unsigned(ids []int) (u []uint32) {
	for _, id := range ids {
		u = append(u, uint32(id))
	}
	return u
}

// atStep adds to an error the number of the step whose record it is about.
func atStep(i int, err error) error { return fmt.Errorf("step %d: %w", i, err) }
