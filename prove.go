package fold

import (
	"context"
	"errors"
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
	// Blocks is the number of blocks a step, at most; 0: one.
	Blocks int
	// Batch generates the whole text first and proves it in large passes, which costs
	// less than a pass for each token.
	Batch bool
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
func Prove(ctx context.Context, opts ProveOptions, on func(Event)) (*ProveSummary, error) {
	return nil, errors.ErrUnsupported
}
