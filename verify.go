package fold

import (
	"context"
	"errors"
)

// VerifyOptions say what is expected of a proof beyond that it holds.
type VerifyOptions struct {
	// Key is the file of the commitment key; empty: where it was when it was proven.
	Key string
	// ModelID, if not empty, is the model id expected, 64 hexadecimal digits.
	ModelID string
	// Prompt and Output, if not nil, are the texts expected. They are compared by
	// tokens: Model's tokenizer cuts the prompt as Prove does, and writes the output.
	Prompt, Output *string
	// Model is whose tokenizer is used for texts; empty: the one that the run was
	// proven with, if it is still there. Only the tokens are proven, not the texts.
	Model string
	// AllowDevelopmentKey accepts proofs under a key whose maker could forge them.
	AllowDevelopmentKey bool
}

// VerifySummary says what was accepted.
type VerifySummary struct {
	Accepted    bool    `json:"accepted"`
	Statement   string  `json:"statement"` // what was proven, in plain words
	ModelID     string  `json:"model_id"`
	SRS         string  `json:"srs"` // of the key
	Development bool    `json:"development"`
	PromptIDs   []int   `json:"prompt_ids"`
	OutputIDs   []int   `json:"output_ids"`
	Prompt      string  `json:"prompt,omitempty"` // their texts, if there is a tokenizer
	Output      string  `json:"output,omitempty"`
	Steps       int     `json:"steps"`
	Seconds     float64 `json:"seconds"`
}

// Verify checks the finished run in a store: every step in order, the claims on
// the weights, and the openings of the running claims. It needs the key, but not the
// model, of which the store has the commitment; without the model there are no texts.
//
// The error wraps ErrRejected if anything does not hold and says which step and
// which check, or that the run is not finished; ErrNoStore, ErrLocked, ErrFormat
// and ErrCorrupt are as in Resume.
func Verify(ctx context.Context, store string, opts VerifyOptions, on func(Event)) (*VerifySummary, error) {
	return nil, errors.ErrUnsupported
}
