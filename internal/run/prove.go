package run

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"fold.example/fold/checkpoint"
	"fold.example/fold/internal/bitlen"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/cost"
	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/keyfile"
	"fold.example/fold/internal/model"
	"fold.example/fold/internal/prf"
	"fold.example/fold/internal/progress"
	"fold.example/fold/step"
	"fold.example/fold/step/weights"
)

// ProveOptions are the choices of Prove.
type ProveOptions struct {
	// Model is a committed model folder (Model.Commit), or the name of an embedded model,
	// whose commitment is computed on the fly.
	Model string
	// Key is the path of the commitment key file.
	Key string
	// Store is the path of the run's folder, which Prove creates.
	Store string
	// Prompt is the text of the prompt; the model's begin token is added. With Chat it is a
	// user message, formatted with the model's chat template.
	Prompt string
	Chat   bool // see Prompt
	// N is the number of tokens to choose, at least 1. An end token does not end the run
	// earlier.
	N int
	// Room is the number of positions for which the run is laid out, and so the limit for
	// extending it. It is rounded up to a power of two; more room costs little. 0: the
	// positions that prompt and N need.
	Room int
	// Pass is the maximum number of tokens proven in one pass, a power of two up to 128. 0:
	// the largest possible.
	Pass int
	// Blocks is the maximum number of blocks per step. 0: enough that a step costs at least as
	// much as folding it.
	Blocks int
	// Batch generates the whole text first and proves it in large passes, which costs less
	// than one pass per token.
	Batch bool
}

// Choices returns the options that determine the plan.
func (o *ProveOptions) Choices() cost.Choices {
	return cost.Choices{N: o.N, Room: o.Room, Pass: o.Pass, Blocks: o.Blocks, Batch: o.Batch}
}

// ProveSummary describes the run in a store when it is finished.
type ProveSummary struct {
	Store       string  `json:"store"`       // path of the store
	ModelID     string  `json:"model_id"`    // 64 hexadecimal digits
	Steps       int     `json:"steps"`       // number of steps of the run
	Tokens      int     `json:"tokens"`      // number of tokens chosen
	PromptIDs   []int   `json:"prompt_ids"`  // tokens of the prompt
	OutputIDs   []int   `json:"output_ids"`  // chosen tokens
	Text        string  `json:"text"`        // text of the output
	StepsNow    int     `json:"steps_now"`   // number of steps proven by this call
	Bytes       int64   `json:"bytes"`       // size of the store
	Checkpoints float64 `json:"checkpoints"` // seconds spent on making steps durable
	Seconds     float64 `json:"seconds"`     // duration of this call
	PeakRSS     int64   `json:"peak_rss"`    // of the process, in bytes; 0: unknown
}

// Prove creates a store, generates N tokens after the prompt and proves them step by step;
// each step is durable before the next begins. It reports Started, a Token when it is
// proven, a StepDone for each step, and a Report for other stages.
//
// When ctx is done, the step in progress is finished and kept, and the error is a *Stopped,
// from which the run can be resumed. The same holds for every failure once the store
// exists. The error wraps ErrExists if the folder is not empty, ErrFormat if model, key and
// options do not fit together, and ErrNoSpace if the disk is full.
func Prove(ctx context.Context, opts ProveOptions, on func(progress.Event)) (*ProveSummary, error) {
	if opts.N < 1 || opts.Pass < 0 || opts.Pass > 128 || opts.Pass&(opts.Pass-1) != 0 || opts.Blocks < 0 {
		return nil, fmt.Errorf("%w: %d tokens in passes of %d and steps of %d blocks, "+
			"expected at least one token and a power of two up to 128",
			fault.ErrFormat, opts.N, opts.Pass, opts.Blocks)
	}
	if err := refuseExisting(opts.Store); err != nil {
		return nil, err
	}
	m, err := model.Open(ctx, opts.Model, on)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	r, err := New(ctx, m, &opts, on)
	if err != nil {
		return nil, err
	}
	text, err := r.Manifest.Encode()
	if err != nil {
		return nil, err
	}
	r.Store, err = checkpoint.Create(opts.Store, checkpoint.Meta{Kind: StoreKind, Parameters: r.Parameters(),
		Details: text})
	if err != nil {
		return nil, err
	}
	return r.Finish(ctx)
}

// refuseExisting returns an error for a folder that holds a store, before any work is done.
// Creating the store fails for other non-empty folders.
func refuseExisting(dir string) error {
	if _, err := checkpoint.Peek(dir); err == nil {
		return fault.With(fmt.Errorf("%w: %s holds a run", fault.ErrExists, dir), fault.NeedOwnStore, dir)
	}
	return nil
}

// New plans a run and opens the model and the key.
func New(ctx context.Context, m *model.Model, opts *ProveOptions, on func(progress.Event)) (*Prover, error) {
	prompt, err := m.Prompt(model.RunOptions{Prompt: opts.Prompt, Chat: opts.Chat})
	if err != nil {
		return nil, err
	}
	if err := m.Fits(len(prompt), opts.N); err != nil {
		return nil, err
	}
	description, err := m.Describe()
	if err != nil {
		return nil, err
	}
	info, err := commit.Inspect(opts.Key)
	if err != nil {
		return nil, err
	}
	plan, err := cost.Plan(description, len(prompt), opts.Choices(), bitlen.Floor(info.Points))
	if err != nil {
		return nil, err
	}
	bits, err := keyBits(m, plan, description, bitlen.Floor(info.Points))
	if err != nil {
		return nil, err
	}
	key, c, weights, err := openCommitted(ctx, m, opts.Key, bits, on)
	if err != nil {
		return nil, err
	}
	r := &Prover{dir: opts.Store, Model: m, key: key, keyHas: bitlen.Floor(info.Points), Weights: weights, on: on}
	if r.Run, err = newManifest(m, c, plan, prompt, opts); err != nil {
		return nil, err
	}
	return r, nil
}

// keyBits returns log2 of the number of points that a run needs of a key with 2^largest
// points.
func keyBits(m *model.Model, plan *step.RunPlan, d *weights.Description, largest int) (int, error) {
	bits, err := plan.KeyBits(d)
	if err != nil {
		return 0, err
	}
	bits = max(bits, cost.RecursionBits(plan.Blocks, len(plan.Classes)))
	segments := min(m.SegmentBits(), largest)
	if m.Dir() != "" {
		c, _, err := m.ReadCommitment()
		if errors.Is(err, fs.ErrNotExist) {
			return bits, nil // commitment reports a missing one
		}
		if err != nil {
			return 0, err
		}
		segments = c.Layout.SegmentBits
	}
	return max(bits, segments), nil
}

// openCommitted opens 2^bits points of a key, and returns the model's commitment under that
// key and the seed of its blinding factors.
func openCommitted(
	ctx context.Context, m *model.Model, path string, bits int, on func(progress.Event),
) (*commit.Key, *weights.ModelCommitment, prf.Seed, error) {
	key, err := keyfile.Open(ctx, path, bits, on)
	if err != nil {
		return nil, nil, nil, err
	}
	c, seed, err := m.Commitment(ctx, key, on)
	return key, c, seed, err
}

// newManifest returns the manifest of a new run.
func newManifest(
	m *model.Model, c *weights.ModelCommitment, plan *step.RunPlan, prompt []int, opts *ProveOptions,
) (*Run, error) {
	commitment, err := c.Encode()
	if err != nil {
		return nil, err
	}
	id, err := model.IDOf(c)
	if err != nil {
		return nil, err
	}
	model := m.Name()
	if m.Dir() != "" {
		if model, err = filepath.Abs(m.Dir()); err != nil {
			return nil, err
		}
	}
	path, err := filepath.Abs(opts.Key)
	if err != nil {
		return nil, err
	}
	return derive(Manifest{
		Version: manifestVersion,
		Model:   model, ModelID: id, Fingerprint: m.Fingerprint(), Key: path, SRS: c.Key.String(),
		PromptIDs: prompt, N: []int{plan.Tokens}, Batch: plan.Batch, PositionBits: plan.PositionBits,
		Blocks: plan.Blocks, Classes: plan.Classes, Seed: newSecret(), Commitment: commitment,
	})
}
