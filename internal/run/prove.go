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

// ProveOptions say what is to be proven and how.
type ProveOptions struct {
	// Model is a model folder that has been committed (Model.Commit), or the name of
	// an embedded model, which is committed on the fly.
	Model string
	// Key is the file of the commitment key.
	Key string
	// Store is the folder of the run, which is made.
	Store string
	// Prompt is the text, to which the model's begin token is added. With Chat it is
	// a user's message, put into the model's chat template.
	Prompt string
	Chat   bool
	// N is the number of tokens to choose, at least 1, whether they end the text
	// or not.
	N int
	// Room is for how many positions the run is laid out: a later extension reaches
	// that far. It is rounded up to a power of two, which costs little; 0: as many as
	// prompt and N need.
	Room int
	// Pass is the largest number of tokens proven at once, a power of two up to 128;
	// 0: as many as allowed.
	Pass int
	// Blocks is the number of blocks a step, at most; 0: as many as it takes for
	// a step not to cost less than folding it does.
	Blocks int
	// Batch generates the whole text first and proves it in large passes, which costs
	// less than a pass for each token.
	Batch bool
}

// Choices are those that a plan is made of.
func (o *ProveOptions) Choices() cost.Choices {
	return cost.Choices{N: o.N, Room: o.Room, Pass: o.Pass, Blocks: o.Blocks, Batch: o.Batch}
}

// ProveSummary says what a store's run proves, when it is finished.
type ProveSummary struct {
	Store       string  `json:"store"`
	ModelID     string  `json:"model_id"`
	Steps       int     `json:"steps"`  // of the run
	Tokens      int     `json:"tokens"` // chosen
	PromptIDs   []int   `json:"prompt_ids"`
	OutputIDs   []int   `json:"output_ids"`
	Text        string  `json:"text"`        // of the output
	StepsNow    int     `json:"steps_now"`   // proven by this call
	Bytes       int64   `json:"bytes"`       // of the store
	Checkpoints float64 `json:"checkpoints"` // seconds spent on making steps durable
	Seconds     float64 `json:"seconds"`     // of this call
	PeakRSS     int64   `json:"peak_rss"`    // of the process so far, bytes; 0: not known
}

// Prove makes a store, generates N tokens after the prompt and proves them, step by
// step: each is durable before the next begins. It tells of Started, of each Token
// when it is proven, of each Step, and of Progress before and after.
//
// When ctx is done the step at work is finished and kept, and the error is a
// *Stopped, from which the run can be resumed; so it is after any failure once the
// store exists. The error wraps ErrExists if the folder holds something, ErrFormat
// if model, key and options do not fit, ErrNoSpace if the disk is full.
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

// refuseExisting refuses a folder that holds a store before any work is done; one that
// holds something else is refused when the store is made.
func refuseExisting(dir string) error {
	if _, err := checkpoint.Peek(dir); err == nil {
		return fault.With(fmt.Errorf("%w: %s holds a run", fault.ErrExists, dir), fault.NeedOwnStore, dir)
	}
	return nil
}

// New plans a run and opens what it rests on.
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

// keyBits is log2 of the points that a run needs of a key with 2^largest of them.
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
			return bits, nil // that it is missing is commitment's to say
		}
		if err != nil {
			return 0, err
		}
		segments = c.Layout.SegmentBits
	}
	return max(bits, segments), nil
}

// openCommitted opens 2^bits points of a key and returns the model's commitment under
// it, and the seed of its blinds.
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

// newManifest writes down a run that has not begun.
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
