package fold

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"

	"fold.example/fold/internal/bitlen"
	"fold.example/fold/internal/cost"
	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/host"
	"fold.example/fold/internal/keyfile"
	"fold.example/fold/internal/model"
	"fold.example/fold/internal/progress"
	"fold.example/fold/internal/run"
	"fold.example/fold/llama"
	"fold.example/fold/llama/source"
	"fold.example/fold/llama/synthetic"
	"fold.example/fold/step/weights"
)

// EstimateOptions say what the cost of is wanted: a run of a model, or of a model of
// a named shape.
type EstimateOptions struct {
	// ProveOptions as for Prove. A Key, if named, bounds the steps; otherwise a key is
	// assumed that is as large as the plan asks for. A Store, if named, says on which
	// disk.
	ProveOptions
	// Shape is the name of a shape (BenchShapes) in place of a model.
	Shape string
	// PromptTokens is the length of the prompt where there is no text.
	PromptTokens int
}

// Estimate says what proving a run will take.
type Estimate struct {
	Model      string  `json:"model"` // or the shape's name
	Prompt     int     `json:"prompt"`
	Tokens     int     `json:"tokens"` // to be chosen
	Passes     int     `json:"passes"`
	Pass       int     `json:"pass"`   // the largest, in tokens
	Blocks     int     `json:"blocks"` // a step
	Steps      int     `json:"steps"`
	KeyBits    int     `json:"key_bits"`               // log2 of the points that are needed
	Compress   int     `json:"compress_key_bits"`      // likewise to compress what is proven
	KeyHas     int     `json:"key_has_bits,omitempty"` // log2 of the points of the key that is named
	Cells      int     `json:"cells"`                  // committed, in all steps
	PerToken   float64 `json:"cells_per_token"`
	Speed      float64 `json:"speed"` // of this machine's cores; 1 is the machine of the figures
	Cores      int     `json:"cores"`
	CPUSeconds float64 `json:"cpu_seconds"`
	Seconds    float64 `json:"seconds"`
	RSS        int64   `json:"rss"`    // peak memory, bytes
	Disk       int64   `json:"disk"`   // the store while it is written, bytes
	Memory     int64   `json:"memory"` // there is, in bytes; 0: not known
	Free       int64   `json:"free"`   // on the disk, in bytes; 0: not known
}

// EstimateRun measures this machine for about a second and says what a run will
// take. The error wraps ErrFormat if no plan fits.
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

// CheckFits refuses a run that memory or disk of this machine do not suffice for.
// The error wraps ErrNoSpace or ErrNoMemory, and ErrFormat if no plan fits.
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
	if e.Memory > 0 && e.RSS > e.Memory {
		err := fmt.Errorf("%w: proving takes %d MiB, %d MiB are available", ErrNoMemory, e.RSS>>20, e.Memory>>20)
		return fault.WithNumber(err, fault.NeedSmallerSteps, "", max(1, e.Pass/2))
	}
	if e.Free > 0 && e.Disk+run.Reserve > e.Free {
		return fmt.Errorf("%w: the store takes %d MiB and %d MiB that must remain free, %d MiB are",
			ErrNoSpace, e.Disk>>20, run.Reserve>>20, e.Free>>20)
	}
	return nil
}

// job is a run that has not begun.
type job struct {
	cost.Job
	name   string
	keyHas int    // log2 of the points of the key that is named, or 0
	disk   string // a folder on it
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
	keyBits := maxKeyBits
	if opts.Key != "" {
		info, err := keyfile.Inspect(opts.Key)
		if err != nil {
			return nil, err
		}
		keyBits = bitlen.Floor(info.Points)
		j.keyHas = keyBits
	}
	j.SegmentBits = min(j.SegmentBits, keyBits)
	j.Plan, err = cost.Plan(j.Description, prompt, opts.Choices(), keyBits)
	return j, err
}

// maxKeyBits is log2 of the largest key that there is a ceremony for.
const maxKeyBits = 28

func (j *job) ofShape(name string) error {
	c, err := synthetic.Shape(name)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	j.name = name
	j.Description = &weights.Description{Config: c, Scheme: llama.W16, Scales: llama.Scales{Softmax: 48}, DownLimbs: 2,
		Architecture: weights.ArchitectureOf(c)}
	j.Params = source.Parameters(c)
	j.Weights = 2 * int64(j.Params)
	if j.Params >= 1e9 {
		j.Weights /= 2 // imported in 8 bits
	}
	j.SegmentBits = model.SegmentBits(c)
	return nil
}

// ofModel returns the length of the prompt, too.
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

// estimate adds up what all passes take.
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
