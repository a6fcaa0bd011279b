package measure

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/files"
	"fold.example/fold/internal/host"
	"fold.example/fold/internal/keyfile"
	"fold.example/fold/internal/model"
	"fold.example/fold/internal/progress"
	"fold.example/fold/internal/recursion"
	"fold.example/fold/internal/run"
	"fold.example/fold/llama"
	"fold.example/fold/llama/embedded"
	"fold.example/fold/llama/synthetic"
	"fold.example/fold/proof"
)

// Run measures a whole run. Its events are those of the calls that it measures.
//
// The error wraps ErrFormat if the options do not fit together or do not fit the key,
// ErrNoSpace or ErrNoMemory if the machine has too little, and ErrExists if the folder is
// not empty.
func Run(ctx context.Context, opts Options, on func(progress.Event)) (*Summary, error) {
	if opts.Prompt < 1 || opts.N < 1 || opts.Pass < 0 || opts.Pass&(opts.Pass-1) != 0 || opts.Blocks < 0 ||
		opts.Layers < 0 {
		return nil, fmt.Errorf("%w: a run of %d tokens after a prompt of %d in passes of %d, with %d layers in steps "+
			"of %d, expected a token or more each, passes of a power of two, and no negative number",
			fault.ErrFormat, opts.N, opts.Prompt, opts.Pass, opts.Layers, opts.Blocks)
	}
	dir, remove, err := folder(opts.Dir)
	if err != nil {
		return nil, err
	}
	defer remove()
	if opts.Parts {
		return byParts(ctx, opts, dir, on)
	}
	return whole(ctx, opts, dir, on)
}

// folder creates the folder of a measurement. remove removes the folder if it is temporary.
func folder(name string) (dir string, remove func(), err error) {
	if name == "" {
		dir, err = os.MkdirTemp("", "fold-bench-")
		return dir, func() { os.RemoveAll(dir) }, err
	}
	if entries, err := os.ReadDir(name); err == nil && len(entries) > 0 {
		return "", nil, fmt.Errorf("%w: %s holds %s, expected a new or an empty folder", fault.ErrExists, name,
			entries[0].Name())
	}
	return name, func() {}, os.MkdirAll(name, 0o777)
}

// measurement is the state of a measured run.
type measurement struct {
	opts  Options
	dir   string
	plan  *plan
	meter *meter
	sum   *Summary
}

// whole measures one run in a folder.
func whole(ctx context.Context, opts Options, dir string, on func(progress.Event)) (*Summary, error) {
	begin := host.CPUTime()
	m := &measurement{opts: opts, dir: dir, meter: newMeter(Planning, on)}
	err := m.all(ctx)
	stages := m.meter.finish()
	if err != nil {
		return nil, err
	}
	m.sum.take(stages)
	m.sum.CPU = (host.CPUTime() - begin).Seconds()
	m.sum.RSS = peak(stages)
	return m.sum, nil
}

// peak returns the peak memory of the stages of proving and compressing. It includes mapped
// files on systems that do not report memory without them.
func peak(stages []StageCost) (most int64) {
	for _, s := range stages {
		if !s.Apart {
			most = max(most, s.Peak)
		}
	}
	if most == 0 {
		return host.PeakRSS()
	}
	return most
}

func (m *measurement) path(name string) string { return filepath.Join(m.dir, name) }

// all runs all measured calls in order.
func (m *measurement) all(ctx context.Context) error {
	var err error
	if m.plan, err = newPlan(&m.opts); err != nil {
		return err
	}
	if err := m.plan.fits(m.dir, host.Memory(), host.FreeDisk(m.dir)); err != nil {
		return err
	}
	m.sum = m.plan.summary()
	m.meter.enter(Model)
	if err := m.writeModel(ctx); err != nil {
		return err
	}
	key := m.opts.Key
	if key == "" {
		m.meter.enter(Key)
		key = m.path("key")
		opts := keyfile.SetupOptions{Development: true, Size: 1 << m.plan.keyBits}
		if _, err := keyfile.Setup(ctx, key, opts, m.meter.event); err != nil {
			return err
		}
	}
	prompt, err := m.generate(ctx, key)
	if err != nil {
		return err
	}
	return m.prove(ctx, key, prompt)
}

// writeModel writes the model folder, with the demo model's tokenizer.
func (m *measurement) writeModel(ctx context.Context) error {
	t, err := model.EmbeddedTokenizer(embedded.Demo)
	if err != nil {
		return err
	}
	dir, d := m.path("model"), m.plan.job.Description
	w, err := llama.Create(dir)
	if err != nil {
		return err
	}
	defer w.Close()
	told := progress.NewMeter(m.meter.event)
	err = synthetic.Write(w, d.Config, d.Scheme, 1, func(layers int) error {
		told.Report("model", layers, d.Config.Layers)
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	if err := w.Commit(); err != nil {
		return err
	}
	return model.WriteTokenizer(dir, t)
}

// generate commits to the model, generates the text without proving, and returns the
// prompt.
func (m *measurement) generate(ctx context.Context, key string) (prompt string, err error) {
	m.meter.enter(Commitment)
	opened, err := model.Open(ctx, m.path("model"), m.meter.event)
	if err != nil {
		return "", err
	}
	defer opened.Close()
	if _, err := opened.Commit(ctx, model.CommitOptions{Key: key}, m.meter.event); err != nil {
		return "", err
	}
	prompt, ids, err := promptOf(opened.Tokenizer(), m.opts.Prompt)
	if err != nil {
		return "", err
	}
	if err := opened.Fits(len(ids), m.opts.N); err != nil {
		return "", err
	}
	m.meter.enter(progress.Generation)
	told, chosen := progress.NewMeter(m.meter.event), 0
	err = opened.Integers().NewSession().Generate(ctx, ids, llama.GenerateOptions{Tokens: m.opts.N}, func(int) error {
		chosen++
		told.Report("generate", chosen, m.opts.N)
		return nil
	})
	return prompt, err
}

// prove proves the run, compresses it and verifies the proof.
func (m *measurement) prove(ctx context.Context, key, prompt string) error {
	m.meter.enter(Opening)
	proven, err := run.Prove(ctx, run.ProveOptions{Model: m.path("model"), Key: key, Store: m.path("store"),
		Prompt: prompt, N: m.opts.N, Pass: m.opts.Pass, Blocks: m.opts.Blocks, Batch: m.opts.Batch}, m.meter.event)
	if err != nil {
		return err
	}
	m.meter.enter(Opening)
	c, err := run.Compress(ctx, m.path("store"), run.CompressOptions{Out: m.path("proof")}, m.meter.event)
	if err != nil {
		return err
	}
	m.meter.enter(VerificationKey)
	data, err := files.Read(c.Proof, proof.MaxProof)
	if err != nil {
		return err
	}
	v, err := recursion.ReadKey(c.VerificationKey)
	if err != nil {
		return err
	}
	m.meter.enter(Verification)
	start := time.Now()
	if _, err = v.Check(data, proof.Expected{KeyDigest: c.KeyDigest, AllowDevelopmentKey: true}); err != nil {
		return err
	}
	s := m.sum
	s.VerifySeconds = time.Since(start).Seconds()
	s.Steps, s.Settled, s.StoreBytes, s.ProofBytes = proven.Steps, c.Settled, proven.Bytes, c.Bytes
	return nil
}
