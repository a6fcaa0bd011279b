package fold

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"

	"fold.example/fold/internal/cost"
	"fold.example/fold/internal/host"
	"fold.example/fold/internal/keyfile"
	"fold.example/fold/internal/measure"
	"fold.example/fold/internal/model"
	"fold.example/fold/internal/progress"
	"fold.example/fold/internal/run"
	"fold.example/fold/llama/source"
)

// EstimateOptions describe the run to estimate: of a model, or of a model of a named shape.
type EstimateOptions struct {
	// ProveOptions are the options of Prove. A Key limits the size of steps; without one, the
	// estimate assumes a key as large as the plan needs. A Store selects the disk.
	ProveOptions
	// Shape is the name of a shape (BenchShapes), instead of a model.
	Shape string
	// PromptTokens is the length of the prompt if Prompt is empty.
	PromptTokens int
}

// Estimate is the estimated cost of proving a run.
type Estimate struct {
	Model      string  `json:"model"`                  // name of the model or shape
	Prompt     int     `json:"prompt"`                 // tokens of the prompt
	Tokens     int     `json:"tokens"`                 // number of tokens to choose
	Passes     int     `json:"passes"`                 // number of passes
	Pass       int     `json:"pass"`                   // tokens of the largest pass
	Blocks     int     `json:"blocks"`                 // blocks per step
	Steps      int     `json:"steps"`                  // number of steps
	KeyBits    int     `json:"key_bits"`               // log2 of the key points for proving
	Compress   int     `json:"compress_key_bits"`      // likewise for compressing
	KeyHas     int     `json:"key_has_bits,omitempty"` // log2 of the points of the given key
	Cells      int     `json:"cells"`                  // number of cells committed, in all steps
	PerToken   float64 `json:"cells_per_token"`        // Cells per token
	Speed      float64 `json:"speed"`                  // of this machine, relative to the reference machine
	Cores      int     `json:"cores"`                  // of this machine
	CPUSeconds float64 `json:"cpu_seconds"`            // core time of proving
	Seconds    float64 `json:"seconds"`                // wall time of proving
	RSS        int64   `json:"rss"`                    // peak memory, in bytes
	Disk       int64   `json:"disk"`                   // peak size of the store, in bytes
	Memory     int64   `json:"memory"`                 // memory available, in bytes; 0: unknown
	Free       int64   `json:"free"`                   // free on the disk, in bytes; 0: unknown
}

// EstimateRun measures this machine for about a second and estimates the cost of a run. The
// error wraps ErrFormat if no plan fits.
func EstimateRun(ctx context.Context, opts EstimateOptions, on func(Event)) (*Estimate, error) {
	j, err := newJob(ctx, &opts, on)
	if err != nil {
		return nil, err
	}
	progress.Emit(on, Progress{Stage: "measure"})
	var speed float64
	if err := progress.Cancellable(ctx, func() (err error) { speed, err = cost.Speed(); return err }); err != nil {
		return nil, err
	}
	return j.estimate(speed)
}

// CheckFits returns an error if a run needs more memory or disk than this machine has. The
// error wraps ErrNoSpace or ErrNoMemory, and ErrFormat if no plan fits.
func CheckFits(ctx context.Context, opts ProveOptions) error {
	j, err := newJob(ctx, &EstimateOptions{ProveOptions: opts}, nil)
	if err != nil {
		return err
	}
	e, err := j.estimate(1)
	if err != nil {
		return err
	}
	return e.fits()
}

func (e *Estimate) fits() error {
	if err := cost.FitsMemory(e.RSS, e.Memory, e.Pass); err != nil {
		return err
	}
	if e.Free > 0 && e.Disk+run.Reserve > e.Free {
		return fmt.Errorf("%w: the store takes %d MiB and %d MiB that must remain free, %d MiB are",
			ErrNoSpace, e.Disk>>20, run.Reserve>>20, e.Free>>20)
	}
	return nil
}

// job is a run that has not begun, with the resources of this machine.
type job struct {
	cost.Job
	name   string
	keyHas int    // log2 of the number of points of the given key, or 0
	disk   string // a folder on the store's disk
}

func newJob(ctx context.Context, opts *EstimateOptions, on func(Event)) (*job, error) {
	j := &job{disk: filepath.Dir(filepath.Clean(opts.Store))}
	prompt, err := opts.PromptTokens, error(nil)
	if opts.Shape != "" {
		err = j.ofShape(opts.Shape)
	} else {
		prompt, err = j.ofModel(ctx, opts, on)
	}
	if err != nil {
		return nil, err
	}
	keyBits, err := keyfile.Bits(opts.Key)
	if err != nil {
		return nil, err
	}
	if opts.Key != "" {
		j.keyHas = keyBits
	}
	j.SegmentBits = min(j.SegmentBits, keyBits)
	j.Plan, err = cost.Plan(j.Description, prompt, opts.Choices(), keyBits)
	return j, err
}

func (j *job) ofShape(name string) error {
	shape, err := measure.ShapeJob(name, 0)
	if err != nil {
		return err
	}
	j.name, j.Job = name, *shape
	return nil
}

// ofModel sets the job's model and returns the length of the prompt.
func (j *job) ofModel(ctx context.Context, opts *EstimateOptions, on func(Event)) (prompt int, err error) {
	m, err := OpenModel(ctx, opts.Model, on)
	if err != nil {
		return 0, err
	}
	defer m.Close()
	if j.Description, err = m.Describe(); err != nil {
		return 0, err
	}
	j.name, j.Params, j.Weights = m.Name(), source.Parameters(m.Integers().Config), model.WeightBytes(m.Integers())
	j.SegmentBits = m.SegmentBits()
	if opts.PromptTokens > 0 {
		return opts.PromptTokens, nil
	}
	ids, err := m.Prompt(RunOptions{Prompt: opts.Prompt, Chat: opts.Chat})
	return len(ids), err
}

// estimate adds up the costs of all passes.
func (j *job) estimate(speed float64) (*Estimate, error) {
	c, err := j.Job.Costs()
	if err != nil {
		return nil, err
	}
	p := j.Plan
	e := &Estimate{
		Model: j.name, Prompt: p.Prompt, Tokens: p.Tokens, Passes: len(p.Passes), Pass: 1 << slices.Max(p.Classes),
		Blocks: p.Blocks, Steps: c.Steps, KeyBits: c.KeyBits(), Cells: c.Cells, Speed: speed,
		Cores: runtime.GOMAXPROCS(0),
		RSS:   c.Memory(), Disk: c.Disk(), Memory: host.Memory(), Free: host.FreeDisk(j.disk),
	}
	e.Compress, e.KeyHas = max(e.KeyBits, cost.CompressedBits(p.Blocks, len(p.Classes))), j.keyHas
	e.PerToken = float64(c.Cells) / float64(p.Prompt+p.Tokens-1)
	e.CPUSeconds = c.Seconds() / speed
	e.Seconds = e.CPUSeconds * (cost.SerialShare + (1-cost.SerialShare)/float64(e.Cores))
	return e, nil
}
