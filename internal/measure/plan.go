package measure

import (
	"fmt"
	"slices"

	"fold.example/fold/internal/cost"
	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/keyfile"
	"fold.example/fold/internal/model"
	"fold.example/fold/internal/run"
	"fold.example/fold/llama"
	"fold.example/fold/llama/source"
	"fold.example/fold/llama/synthetic"
	"fold.example/fold/llama/tokenizer"
	"fold.example/fold/step/weights"
)

// ShapeJob returns the part of a job that a named shape determines; a nonzero layers
// replaces the shape's number. A shape of at least a billion parameters has 8-bit weights,
// a smaller one 16-bit weights, whatever layers is. The error wraps ErrFormat if the shape
// does not exist.
func ShapeJob(name string, layers int) (*cost.Job, error) {
	c, err := synthetic.Shape(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", fault.ErrFormat, err)
	}
	scheme, bytes := llama.W16, 2
	if source.Parameters(c) >= 1e9 {
		scheme, bytes = llama.W8, 1
	}
	if layers > 0 {
		c.Layers = layers
	}
	d := &weights.Description{Config: c, Scheme: scheme, Scales: synthetic.Scales(c), DownLimbs: 2,
		Architecture: weights.ArchitectureOf(c)}
	params := source.Parameters(c)
	return &cost.Job{Description: d, Params: params, Weights: int64(bytes * params), SegmentBits: model.SegmentBits(c)},
		nil
}

// plan is a planned run.
type plan struct {
	opts    *Options
	job     *cost.Job
	costs   *cost.Costs
	keyBits int // log2 of the number of key points that the run uses
	drawn   bool
}

func newPlan(opts *Options) (*plan, error) {
	j, err := ShapeJob(opts.Shape, opts.Layers)
	if err != nil {
		return nil, err
	}
	p := &plan{opts: opts, job: j, drawn: opts.Key == ""}
	most, err := keyfile.Bits(opts.Key)
	if err != nil {
		return nil, err
	}
	j.SegmentBits = min(j.SegmentBits, most)
	choices := cost.Choices{N: opts.N, Pass: opts.Pass, Blocks: opts.Blocks, Batch: opts.Batch}
	if j.Plan, err = cost.Plan(j.Description, opts.Prompt, choices, most); err != nil {
		return nil, err
	}
	if p.costs, err = j.Costs(); err != nil {
		return nil, err
	}
	p.keyBits = max(p.costs.KeyBits(), cost.CompressedBits(j.Plan.Blocks, len(j.Plan.Classes)))
	if p.keyBits > most {
		err := fmt.Errorf("%w: the run takes a key of 2^%d points, %s has 2^%d", fault.ErrFormat, p.keyBits, opts.Key,
			most)
		return nil, fault.WithNumber(err, fault.NeedKeyPoints, opts.Key, p.keyBits)
	}
	return p, nil
}

// bytesOfPoint is the size of a point in a key file.
const bytesOfPoint = 64

// needs returns the memory without mapped files and the disk space that the run needs, in
// bytes.
func (p *plan) needs() (memory, disk int64) {
	c := p.job.Description.Config
	memory = p.costs.Memory() - p.job.Weights                                    // the weights are mapped
	disk = p.job.Weights + 2*int64(c.Vocab*c.Dim) + p.costs.Disk() + run.Reserve // the embedding has 16 bits
	if p.drawn {
		disk += bytesOfPoint << p.keyBits
	}
	return memory, disk
}

// fits returns an error if the run needs more than memory or disk bytes; 0 means unknown.
// The error wraps ErrNoMemory or ErrNoSpace.
func (p *plan) fits(dir string, memory, disk int64) error {
	needMemory, needDisk := p.needs()
	if err := cost.FitsMemory(needMemory, memory, p.pass()); err != nil {
		return err
	}
	if disk > 0 && needDisk > disk {
		return fmt.Errorf("%w: model, key and store take %d MiB in %s, %d MiB are free", fault.ErrNoSpace, needDisk>>20,
			dir, disk>>20)
	}
	return nil
}

// pass returns the number of tokens of the largest pass.
func (p *plan) pass() int { return 1 << slices.Max(p.job.Plan.Classes) }

// summary returns the figures that are known before the run.
func (p *plan) summary() *Summary {
	d := p.job.Description
	return &Summary{
		Shape: p.opts.Shape, Layers: d.Config.Layers, Params: p.job.Params, Scheme: d.Scheme, Prompt: p.opts.Prompt,
		Tokens: p.opts.N, Positions: p.opts.Prompt + p.opts.N - 1, Pass: p.pass(), Blocks: p.job.Plan.Blocks,
	}
}

// promptOf returns a text whose prompt has n tokens, and the tokens. The error wraps
// ErrFormat if no tried text has n tokens under the tokenizer.
func promptOf(t *tokenizer.Tokenizer, n int) (string, []int, error) {
	const letters = "the quick brown fox jumps over the lazy dog, "
	text := ""
	for i := range 64 * n {
		ids := model.PromptTokens(t, text)
		if len(ids) == n && len(text) > 0 || n == 1 && len(ids) == 1 {
			return text, ids, nil
		}
		text += letters[i%len(letters) : i%len(letters)+1]
	}
	return "", nil, fmt.Errorf("%w: no text for a prompt of %d tokens", fault.ErrFormat, n)
}
